using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Microsoft.Data.Sqlite;
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
    public async Task Start_ByALinkToTheFileOfAnotherServer_Warns()
    {
        await using var file = await TestDatabase.CreateAsync();
        var path = new SqliteConnectionStringBuilder(file.ConnectionString).DataSource;
        var link = $"{path}.link";
        File.CreateSymbolicLink(link, path);
        var log = new ListLog();
        using var loggers = new LoggerFactory([log]);
        using var first = new FileClaim(file.ConnectionString, loggers.CreateLogger<FileClaim>());
        using var second = new FileClaim($"Data Source={link}", loggers.CreateLogger<FileClaim>());

        await first.StartAsync(TestContext.Current.CancellationToken);
        await second.StartAsync(TestContext.Current.CancellationToken);

        Assert.Single(log.Lines(LogLevel.Warning), IsOfTheFile);
    }

    [Theory]
    [InlineData("Data Source=:memory:")]
    [InlineData("Data Source=kept;Mode=Memory;Cache=Shared")]
    [InlineData("Data Source=file::memory:?cache=shared")]
    [InlineData("Data Source=")]
    public async Task Start_OfNoFile_ClaimsNothing(string connection)
    {
        var log = new ListLog();
        using var loggers = new LoggerFactory([log]);
        using var first = new FileClaim(connection, loggers.CreateLogger<FileClaim>());
        using var second = new FileClaim(connection, loggers.CreateLogger<FileClaim>());

        await first.StartAsync(TestContext.Current.CancellationToken);
        await second.StartAsync(TestContext.Current.CancellationToken);

        Assert.Empty(log.Lines(LogLevel.Information));
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
