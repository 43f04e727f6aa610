using System.Globalization;
using System.Net.Sockets;
using System.Net.WebSockets;
using Convonet.Chaos.Serve;

namespace Convonet.Chaos.Host;

/// <summary>More clients knock than the process may open files. Those that are in go on, and nobody new gets in until some are gone.</summary>
internal sealed class FewDescriptors() : HostFault("no file descriptors", Expected.ServesOldLines)
{
    private const int Files = 1024;
    private const int Knocks = 500;

    /// <summary>All at once would be more than the server can turn away before it has no file left.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new("convonet-descriptors-");
    private readonly List<Socket> _knocks = [];
    private ServerProcess? _server;

    public override string Store => _folder.Store;

    public override IReadOnlyList<string> Launcher => ["sh", "-c", string.Create(CultureInfo.InvariantCulture, $"ulimit -n {Files} && exec \"$@\""), "sh"];

    public override Task<string?> PrepareAsync() => Task.FromResult(OperatingSystem.IsLinux() ? null : "there is no ulimit");

    public override async Task BreakAsync(ServerProcess server)
    {
        _server = server;
        for (var knock = 0; knock < Knocks; knock++)
        {
            // The system takes them in, whether or not the server does.
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(server.Address.Host, server.Address.Port);
            _knocks.Add(socket);
            await Task.Delay(Pace);
        }
    }

    /// <summary>Somebody new gets in.</summary>
    public override async Task HealAsync()
    {
        _knocks.ForEach(static socket => socket.Dispose());
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            try
            {
                using var line = await VoiceLine.ConnectAsync(_server!.Voice, limit.Token);
                return;
            }
            catch (WebSocketException)
            {
                // It has not seen all of them go yet.
                await Task.Delay(Pace, limit.Token);
            }
        }
    }

    public override ValueTask DisposeAsync()
    {
        _knocks.ForEach(static socket => socket.Dispose());
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
