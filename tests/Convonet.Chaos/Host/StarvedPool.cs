using System.Globalization;
using Convonet.Chaos.Serve;

namespace Convonet.Chaos.Host;

/// <summary>Code that blocks holds every thread of the server's pool for some seconds.</summary>
internal sealed class StarvedPool(TimeSpan time) : HostFault("thread pool starved", Expected.ServesLate)
{
    private readonly TemporaryFolder _folder = new("convonet-starved-");

    public override string Store => _folder.Store;

    public override Task BreakAsync(ServerProcess server)
    {
        server.Send(string.Create(CultureInfo.InvariantCulture, $"starve {(int)time.TotalSeconds}"));
        return Task.CompletedTask;
    }

    public override Task HealAsync() => Task.CompletedTask;

    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
