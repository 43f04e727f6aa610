using System.Globalization;
using Convonet.Chaos.Serve;

namespace Convonet.Chaos.Host;

/// <summary>The process nearly fills what its container gives it: a control group with a limit, as containers are.</summary>
internal sealed class LittleMemory() : HostFault("memory nearly used up", Expected.Sheds)
{
    private const string Groups = "/sys/fs/cgroup";
    private const int ContainerMegabytes = 600;

    /// <summary>Of the three quarters that the runtime lets the heap have of it.</summary>
    private const int HeldMegabytes = ContainerMegabytes * 3 / 4 * 90 / 100;

    private readonly TemporaryFolder _folder = new("convonet-memory-");
    private readonly string _group = Path.Combine(Directory.Exists($"{Groups}/memory") ? $"{Groups}/memory" : Groups, $"convonet-{Guid.NewGuid():N}");
    private ServerProcess? _server;

    public override string Store => _folder.Store;

    public override IReadOnlyList<string> Launcher => ["sh", "-c", $"echo $$ > {_group}/cgroup.procs && exec \"$@\"", "sh"];

    public override async Task<string?> PrepareAsync()
    {
        try
        {
            Directory.CreateDirectory(_group);
            string[] limits = [Path.Combine(_group, "memory.limit_in_bytes"), Path.Combine(_group, "memory.max")];
            await File.WriteAllTextAsync(limits.First(File.Exists), string.Create(CultureInfo.InvariantCulture, $"{ContainerMegabytes << 20}"));
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return "no control group with a limit of memory can be made";
        }
    }

    public override Task BreakAsync(ServerProcess server)
    {
        _server = server;
        server.Send(string.Create(CultureInfo.InvariantCulture, $"hold {HeldMegabytes}"));
        return Task.CompletedTask;
    }

    public override Task HealAsync()
    {
        _server!.Send("hold 0");
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        _folder.Dispose();
        // Its files are the system's: only an empty group goes, and with it they do.
        await Shell.RunAsync("rmdir", _group);
    }
}
