using System.ComponentModel.DataAnnotations;
using Convonet.Models.Claude;
using Convonet.Models.OpenAI;

namespace Convonet.Tests.Models;

public sealed class ModelOptionsTests
{
    public static TheoryData<object> Valid =>
    [
        new ClaudeOptions(), new ClaudeOptions { Thinking = "adaptive" }, new OpenAIOptions(), new OpenAIOptions { ReasoningEffort = "low", Temperature = 2 },
    ];

    public static TheoryData<object> Invalid =>
    [
        new ClaudeOptions { Model = "" },
        new ClaudeOptions { MaxOutputTokens = 0 },
        new ClaudeOptions { Thinking = "enabled" },
        new ClaudeOptions { BaseAddress = null! },
        new OpenAIOptions { Model = "" },
        new OpenAIOptions { MaxOutputTokens = -1 },
        new OpenAIOptions { Temperature = 2.1 },
        new OpenAIOptions { ReasoningEffort = "little" },
    ];

    [Theory]
    [MemberData(nameof(Valid))]
    public void Validate_SensibleValues_AreAccepted(object options) =>
        Assert.True(Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true));

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Validate_ImpossibleValue_IsRefused(object options) =>
        Assert.False(Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true));
}
