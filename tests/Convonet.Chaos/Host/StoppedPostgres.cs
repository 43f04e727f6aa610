using System.Text.RegularExpressions;
using Convonet.Chaos.Serve;

namespace Convonet.Chaos.Host;

/// <summary>PostgreSQL dies and is started again. It is a server of the row's own.</summary>
internal sealed partial class StoppedPostgres() : HostFault("PostgreSQL stopped", Expected.RefusesAll)
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"convonet-pg-{Guid.NewGuid():N}");
    private string? _script;
    private string? _store;

    public override string Store => _store!;

    public override async Task<string?> PrepareAsync()
    {
        if (!Directory.Exists("/usr/lib/postgresql") || (_script = FindScript()) is null)
        {
            return "PostgreSQL, or the repository with its script, is not there";
        }

        var (_, said) = await Shell.RunAsync("bash", _script, "start", _folder);
        if (Variable().Match(said) is not { Success: true } found)
        {
            return said;
        }

        _store = found.Groups[1].Value;
        return null;
    }

    public override Task BreakAsync(ServerProcess server) => HaltAsync();

    public async Task HaltAsync() => await Shell.RunAsync("bash", _script!, "halt", _folder);

    public override async Task HealAsync()
    {
        if (await Shell.RunAsync("bash", _script!, "resume", _folder) is { ExitCode: not 0 } failed)
        {
            throw new InvalidOperationException(failed.Said);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (_store is not null)
        {
            await Shell.RunAsync("bash", _script!, "stop", _folder);
        }
    }

    private static string? FindScript()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Path.Combine(folder.FullName, "tests", "postgres.sh") is var script && File.Exists(script))
            {
                return script;
            }
        }

        return null;
    }

    [GeneratedRegex("CONVONET_TEST_POSTGRES=\"([^\"]+)\"")]
    private static partial Regex Variable();
}
