using Convonet.Chaos.Host;
using Convonet.Chaos.Serve;

namespace Convonet.Chaos.Cluster;

/// <summary>One place of the cluster, with the process that is there now.</summary>
internal sealed class ClusterNode(string database, string name, int redis, int port) : IAsyncDisposable
{
    private ServerProcess? _process;

    /// <summary>By which its name in the store is known.</summary>
    public int Port => port;

    /// <summary>Where clients talk to it; null while there is none.</summary>
    public Uri? Voice { get; private set; }

    /// <summary>What processes that ended by themselves or were told to said last.</summary>
    public List<string> Ends { get; } = [];

    public async Task StartAsync()
    {
        _process = await ServerProcess.StartAsync(
            "cluster", database,
            "--Convonet:Cluster", "Redis", "--Convonet:Cluster:Redis", $"localhost:{redis}", "--Convonet:Cluster:Name", name, "--Convonet:Cluster:Port", $"{port}",
            "--Convonet:Transport:DrainTime", "00:00:05", "--Convonet:Admission:MaxTurnsOfUser", "1000");
        Voice = _process.Voice;
    }

    public async Task KillAsync()
    {
        Voice = null;
        await _process!.KillAsync();
    }

    /// <summary>As SIGTERM does.</summary>
    public async Task StopAsync()
    {
        Voice = null;
        _process!.Send("stop");
        await EndAsync();
    }

    public Task SignalAsync(string signal) => Shell.RunAsync("kill", $"-{signal}", $"{_process!.Id}");

    /// <summary>Waits whether it ends by itself.</summary>
    /// <returns>Whether it did.</returns>
    public async Task<bool> EndsAsync(TimeSpan within)
    {
        if (!await _process!.EndsAsync(within))
        {
            return false;
        }

        Voice = null;
        await EndAsync();
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }

    private async Task EndAsync()
    {
        var ended = _process!;
        _process = null;
        Ends.Add(await ended.LastWordsAsync());
        await ended.DisposeAsync();
    }
}
