using Convonet.Models;
using Convonet.Server;
using Convonet.Server.Providers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Convonet.Tests.Providers;

/// <summary>Which provider is real, which is the demo, and which is the default.</summary>
public sealed class ProviderModelsTests
{
    private static readonly string[] NoKeys =
        ["--GEMINI_API_KEY=", "--GOOGLE_API_KEY=", "--ANTHROPIC_API_KEY=", "--OPENAI_API_KEY=", "--LLM_PROVIDER=", "--GEMINI_MODEL="];

    [Theory]
    [InlineData("", "gemini", "")]
    [InlineData("--ANTHROPIC_API_KEY=k", "claude", "claude")]
    [InlineData("--GOOGLE_API_KEY=k --OPENAI_API_KEY=k", "gemini", "gemini,openai")]
    [InlineData("--OPENAI_API_KEY=k --LLM_PROVIDER=claude", "claude", "openai")]
    [InlineData("--LLM_PROVIDER=claude --Convonet:Provider=openai", "openai", "")]
    [InlineData("--Convonet:Claude:BaseAddress=http://127.0.0.1:9/gateway", "claude", "claude")]
    [InlineData("--Convonet:OpenAI:BaseAddress=http://127.0.0.1:11434/v1", "openai", "openai")]
    [InlineData("--Convonet:OpenAI:BaseAddress=https://api.openai.com/v1/", "gemini", "")]
    public async Task Models_FromKeysAndAddresses_AreRealOrTheDemo(string args, string expectedDefault, string configured)
    {
        await using var app = await BuildAsync(args);

        var models = app.Services.GetRequiredService<ChatModels>();

        Assert.Equal(expectedDefault, models.Default.Name);
        Assert.Equal(["gemini", "claude", "openai"], models.Entries.Select(entry => entry.Name));
        Assert.Equal(configured, string.Join(",", models.Entries.Where(entry => entry.Configured).Select(entry => entry.Name)));
        Assert.All(models.Entries, entry => Assert.Equal(!entry.Configured, entry.Emulated));
    }

    [Fact]
    public async Task Demo_EveryProviderHasAKey_IsNotStarted()
    {
        await using var app = await BuildAsync("--GEMINI_API_KEY=k --ANTHROPIC_API_KEY=k --OPENAI_API_KEY=k");

        Assert.Null(app.Services.GetRequiredService<ProviderConnections>().Demo);
    }

    [Fact]
    public async Task Demo_SwitchedOff_LeavesProvidersWithoutAKeyOut()
    {
        await using var app = await BuildAsync("--Convonet:Demo:Enabled=false --GEMINI_API_KEY=k");

        Assert.Equal("gemini", Assert.Single(app.Services.GetRequiredService<ChatModels>().Entries).Name);
    }

    [Theory]
    [InlineData("--Convonet:Provider=llama", "There is no provider 'llama'.")]
    [InlineData("--Convonet:Fallback=claude,llama", "There is no provider 'llama'.")]
    [InlineData("--Convonet:Demo:Enabled=false", "No provider:")]
    [InlineData("--Convonet:Claude:BaseAddress=localhost:1234 --ANTHROPIC_API_KEY=k", "Convonet:Claude:BaseAddress must be")]
    [InlineData("--Convonet:OpenAI:BaseAddress=ftp://x/v1", "Convonet:OpenAI:BaseAddress must be")]
    public async Task Models_WrongSetting_IsToldInOneSentence(string args, string told)
    {
        await using var app = await BuildAsync(args);

        var error = Assert.Throws<OptionsValidationException>(app.Services.GetRequiredService<ChatModels>);

        Assert.StartsWith(told, Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--GEMINI_MODEL=from-variable", "from-variable")]
    [InlineData("--GEMINI_MODEL=from-variable --Convonet:Gemini:Model=from-option", "from-option")]
    public async Task Model_OptionAndVariable_TheOptionWins(string args, string expected)
    {
        await using var app = await BuildAsync(args);

        Assert.Equal(expected, app.Services.GetRequiredService<ChatModels>().Find("gemini")!.Model.Model);
    }

    private static Task<WebApplication> BuildAsync(string args) => ServerHost.BuildAsync([.. NoKeys, .. args.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
}
