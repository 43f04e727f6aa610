using System.ComponentModel.DataAnnotations;
using Convonet.Models.Gemini;

namespace Convonet.Tests.Models.Gemini;

public sealed class GeminiOptionsTests
{
    public static TheoryData<Action<GeminiOptions>, string?> Settings => new()
    {
        { _ => { }, null },
        { o => o.Model = "", nameof(GeminiOptions.Model) },
        { o => o.Model = "../x", nameof(GeminiOptions.Model) },
        { o => o.BaseAddress = new Uri("/relative", UriKind.Relative), nameof(GeminiOptions.BaseAddress) },
        { o => o.BaseAddress = null!, nameof(GeminiOptions.BaseAddress) },
        { o => o.MaxOutputTokens = 0, nameof(GeminiOptions.MaxOutputTokens) },
        { o => o.Temperature = 2.1, nameof(GeminiOptions.Temperature) },
        { o => o.ThinkingBudget = -2, nameof(GeminiOptions.ThinkingBudget) },
        { o => o.ThinkingBudget = 0, null },
        { o => o.ThinkingLevel = "MINIMAL", nameof(GeminiOptions.ThinkingLevel) },
        { o => o.ThinkingLevel = "minimal", null },
        { o => (o.ThinkingLevel, o.ThinkingBudget) = ("low", 0), nameof(GeminiOptions.ThinkingBudget) },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void Validate_Setting_NamesWhatIsWrong(Action<GeminiOptions> set, string? wrong)
    {
        var options = new GeminiOptions();
        set(options);
        var results = new List<ValidationResult>();

        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);

        Assert.Equal(wrong, results.FirstOrDefault()?.MemberNames.First());
    }
}
