using Convonet.Server;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Convonet.Tests;

/// <summary>Settings without effect.</summary>
[Collection(nameof(TestServer))]
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
            ["--Convonet:Agents:Watchdog", "secret", "--Convonet:Fallback", "claude", "--Convonet:Gemini:BaseAddress", "http://127.0.0.1:9/", "--Convonet:Tools:Confirm", "delete_*"], demo: true);

        var warnings = server.Log.Lines(LogLevel.Warning);

        Assert.Contains("There is no option 'Convonet:Agents': it has no effect. Is it misspelt?", warnings);
        Assert.Contains("Convonet:Fallback names 'claude', which has no key: it is not asked.", warnings);
        Assert.Single(warnings, line => line.Contains("no option", StringComparison.Ordinal));
        Assert.DoesNotContain(warnings, line => line.Contains("secret", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Unknown(string option) =>
        SettingsCheck.Unknown(new ConfigurationBuilder().AddInMemoryCollection([new(option, "secret")]).Build().GetSection("Convonet"));

    private static System.Text.RegularExpressions.Regex OptionNames() => new("Convonet:[A-Za-z:]+[A-Za-z]");
}
