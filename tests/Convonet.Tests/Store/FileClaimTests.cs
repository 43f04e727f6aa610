using Convonet.Tests.Fakes;
using Microsoft.Extensions.Logging;

namespace Convonet.Tests.Store;

/// <summary>Two servers on one SQLite file by mistake: the second one says so.</summary>
public sealed class FileClaimTests
{
    [Fact]
    public async Task Start_WhileAnotherServerHasTheFile_WarnsAndNamesIt()
    {
        await using var file = await TestDatabase.CreateAsync();
        await using var first = await TestServer.StartAsync(database: file);

        await using var second = await TestServer.StartAsync(database: file);

        Assert.DoesNotContain(first.Log.Lines(LogLevel.Warning), IsOfTheFile);
        Assert.Contains(file.ConnectionString["Data Source=".Length..].Split(';')[0], Assert.Single(second.Log.Lines(LogLevel.Warning), IsOfTheFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_AfterTheOtherServerStopped_IsSilent()
    {
        await using var file = await TestDatabase.CreateAsync();
        await using var first = await TestServer.StartAsync(database: file);
        await first.StopAsync();

        await using var second = await TestServer.StartAsync(database: file);

        Assert.DoesNotContain(second.Log.Lines(LogLevel.Warning), IsOfTheFile);
    }

    private static bool IsOfTheFile(string line) => line.StartsWith("Another server process has ", StringComparison.Ordinal);
}
