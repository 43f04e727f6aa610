using System.Globalization;
using System.Net.Sockets;
using System.Net.WebSockets;
using Convonet.Chaos.Serve;

namespace Convonet.Chaos.Host;

/// <summary>The process may open no more files and sockets, while clients want in. Those that are in go on.</summary>
internal sealed class FewDescriptors() : HostFault("no file descriptors", Expected.ServesOldLines)
{
    private const int Knocks = 60;
    private const int Left = 8;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new("convonet-descriptors-");
    private readonly List<Socket> _knocks = [];
    private ServerProcess? _server;
    private string _before = "";

    public override string Store => _folder.Store;

    public override async Task<string?> PrepareAsync() => OperatingSystem.IsLinux() && await Shell.RunAsync("prlimit", "--version") is { ExitCode: 0 } ? null : "prlimit is not there";

    public override async Task BreakAsync(ServerProcess server)
    {
        _server = server;
        var open = Directory.GetFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{server.Id}/fd")).Length;
        _before = (await LimitAsync("-o", "SOFT", "--noheadings", "--nofile")).Trim();
        await LimitAsync(string.Create(CultureInfo.InvariantCulture, $"--nofile={open + Left}:"));
        for (var knock = 0; knock < Knocks; knock++)
        {
            // The system takes them in, whether or not the server can.
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(server.Address.Host, server.Address.Port);
            _knocks.Add(socket);
        }
    }

    /// <summary>With the limit of before, somebody new gets in.</summary>
    public override async Task HealAsync()
    {
        _knocks.ForEach(static socket => socket.Dispose());
        await LimitAsync($"--nofile={_before}:");
        using var limit = new CancellationTokenSource(Limit);
        using var line = await VoiceLine.ConnectAsync(_server!.Voice, limit.Token);
    }

    public override ValueTask DisposeAsync()
    {
        _knocks.ForEach(static socket => socket.Dispose());
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string> LimitAsync(params string[] args)
    {
        var (exitCode, said) = await Shell.RunAsync("prlimit", ["--pid", string.Create(CultureInfo.InvariantCulture, $"{_server!.Id}"), .. args]);
        return exitCode == 0 ? said : throw new WebSocketException(said);
    }
}
