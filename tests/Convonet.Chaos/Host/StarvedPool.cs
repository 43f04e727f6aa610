using System.Globalization;
using Convonet.Chaos.Serve;

namespace Convonet.Chaos.Host;

/// <summary>Code that blocks holds every thread of the server's pool for some seconds.</summary>
internal sealed class StarvedPool() : HostFault("thread pool starved", Expected.ServesLate)
{
    /// <summary>Less than a connection may stand still.</summary>
    private const int Seconds = 8;

    private readonly TemporaryFolder _folder = new("convonet-starved-");

    public override string Store => _folder.Store;

    public override Task BreakAsync(ServerProcess server)
    {
        server.Send(string.Create(CultureInfo.InvariantCulture, $"starve {Seconds}"));
        return Task.CompletedTask;
    }

    public override Task HealAsync() => Task.CompletedTask;

    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
