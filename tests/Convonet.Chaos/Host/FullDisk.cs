using Convonet.Chaos.Serve;

namespace Convonet.Chaos.Host;

/// <summary>The disk of the store is full. What SQLite may overwrite in its log still takes a few transactions.</summary>
internal sealed class FullDisk() : HostFault("disk full", Expected.RefusesSome)
{
    private readonly SmallDisk _disk = new();

    public override string Store => _disk.Store;

    public override Task<string?> PrepareAsync() => _disk.MountAsync();

    public override Task BreakAsync(ServerProcess server)
    {
        _disk.Fill();
        return Task.CompletedTask;
    }

    public override Task HealAsync()
    {
        _disk.Empty();
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync() => _disk.DisposeAsync();
}
