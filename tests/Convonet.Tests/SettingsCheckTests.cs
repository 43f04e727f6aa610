using Convonet.Server;
using Convonet.Tests.Fakes;
using Convonet.Tests.Security;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Convonet.Tests;

/// <summary>Settings without effect.</summary>
public sealed class SettingsCheckTests
{
    [Theory]
    [InlineData("Convonet:Agents:Watchdog", "Convonet:Agents")]
    [InlineData("Convonet:Agent:Wachdog", "Convonet:Agent:Wachdog")]
    [InlineData("Convonet:Accounts:Owner:Mail", "Convonet:Accounts:Owner:Mail")]
    [InlineData("Convonet:Provder", "Convonet:Provder")]
    public void Unknown_Misspelt_IsToldWithoutItsValue(string option, string told) => Assert.Equal([told], Unknown(option));

    [Fact]
    public void Unknown_OptionsOfTheReadme_AreKnown()
    {
        var readme = File.ReadAllText(Repository.PathOf("README.md"));
        var options = OptionNames().Matches(readme[readme.IndexOf("## Options", StringComparison.Ordinal)..]).Select(match => match.Value).Distinct().ToArray();

        Assert.True(options.Length > 50);
        Assert.Empty(options.SelectMany(Unknown));
    }

    [Fact]
    public async Task Start_MisspeltOptionAndFallbackWithoutAKey_AreWarnedOf()
    {
        await using var server = await TestServer.StartAsync(
            ["--Convonet:Agents:Watchdog", "secret", "--Convonet:Fallback", "claude", "--Convonet:Gemini:BaseAddress", "http://127.0.0.1:9/", "--Convonet:Tools:Confirm", "delete_*,files__*,files__move,create_todo,send_mail,nope_*"], demo: true);

        var warnings = server.Log.Lines(LogLevel.Warning);

        Assert.Contains("There is no option 'Convonet:Agents': it has no effect. Is it misspelt?", warnings);
        Assert.Contains("Convonet:Fallback names 'claude', which has no key: it is not asked.", warnings);
        Assert.Contains("Convonet:Tools:Confirm names 'send_mail', which is no tool of this server. If none of an MCP server is meant, it is misspelt.", warnings);
        Assert.Contains("Convonet:Tools:Confirm names 'nope_*', which is no tool of this server. If none of an MCP server is meant, it is misspelt.", warnings);
        Assert.Equal(2, warnings.Count(line => line.Contains("is no tool", StringComparison.Ordinal)));
        Assert.Single(warnings, line => line.Contains("no option", StringComparison.Ordinal));
        Assert.DoesNotContain(warnings, line => line.Contains("secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("chat.example.com", true)]
    [InlineData("chat.example.com;127.0.0.1", false)]
    [InlineData("*", false)]
    public async Task Start_AllowedHostsWithoutThisMachine_SaysWhatItsOwnRequestsGet(string hosts, bool told)
    {
        await using var server = await TestServer.StartAsync(["--AllowedHosts", hosts, "--Convonet:Accounts:Registration", "Open"]);

        Assert.Equal(told, server.Log.Lines(LogLevel.Information).Any(static line => line.StartsWith("AllowedHosts is chat.example.com: a request for any other host name is answered with 400", StringComparison.Ordinal)));
    }

    /// <summary>It is read once in a process, so this takes one of its own.</summary>
    [Theory]
    [InlineData("fence")]
    [InlineData("message_key")]
    [InlineData("replay")]
    [InlineData("take_up")]
    [InlineData("commit")]
    public async Task Start_ProtectionIsOff_IsWarnedOf(string protection)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var server = await StartUnprotectedAsync(database, protection);

        await server.SaysAsync($"CONVONET_UNPROTECTED switches the protection '{protection}' off");
        Assert.NotEqual("ended", server.Address.Host);
    }

    [Fact]
    public async Task Start_NoSuchProtection_SaysWhichThereAre()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var server = await StartUnprotectedAsync(database, "fences");

        await server.SaysAsync("Convonet cannot start: CONVONET_UNPROTECTED must be fence, message_key, replay, take_up or commit.");
        Assert.Equal("ended", server.Address.Host);
    }

    /// <summary>In settings with names of their own the configuration leaves out what it cannot read.</summary>
    [Theory]
    [InlineData("Convonet:Prices:Models:m:Input", "0,30", "Convonet:Prices:Models:m:Input is '0,30', which is no number such as 0.30.")]
    [InlineData("Convonet:Prices:Models:m:LongPrompt:Output", "x", "Convonet:Prices:Models:m:LongPrompt:Output is 'x', which is no number such as 0.30.")]
    [InlineData("Convonet:Prices:Models:llama3:8b:Input", "1", "Convonet:Prices:Models:llama3 is not read: there is no such setting. In a name a ':' is written '_', as in llama3_latest.")]
    [InlineData("Convonet:Prices:Speaking:deepgram", "", "Convonet:Prices:Speaking:deepgram is '', which is no number such as 0.30.")]
    [InlineData("Convonet:Tools:Limits:get_todos", "abc", "Convonet:Tools:Limits:get_todos is 'abc', which is no time such as 00:00:05.")]
    [InlineData("Convonet:Agent:StreamIterations:gemini", "xyz", "Convonet:Agent:StreamIterations:gemini is 'xyz', which is no time such as 00:00:05.")]
    [InlineData("Convonet:Prices:Models:llama3_8b:Input", "0.30", null)]
    [InlineData("Convonet:Tools:Limits:get_todos", "00:00:09", null)]
    public void Named_ThatCannotBeRead_IsAFault(string option, string value, string? fault) => Assert.Equal(
        fault is null ? [] : [fault],
        SettingsCheck.Faults(new ConfigurationBuilder().AddInMemoryCollection([new(option, value)]).Build().GetSection("Convonet")));

    private static Task<CanaryProcess> StartUnprotectedAsync(TestDatabase database, string protection) => CanaryProcess.StartAsync(
        new Dictionary<string, string> { ["CONVONET_UNPROTECTED"] = protection },
        [
            "--urls", "http://127.0.0.1:0", "--contentRoot", Repository.PathOf("src", "Convonet.Server"), .. database.Arguments,
            "--Convonet:SpeechToText", "none", "--Convonet:TextToSpeech", "none",
        ]);

    private static IEnumerable<string> Unknown(string option) =>
        SettingsCheck.Unknown(new ConfigurationBuilder().AddInMemoryCollection([new(option, "secret")]).Build().GetSection("Convonet"));

    private static System.Text.RegularExpressions.Regex OptionNames() => new("Convonet:[A-Za-z:]+[A-Za-z]");
}
