using Convonet.Chaos.Serve;

namespace Convonet.Chaos.Host;

/// <summary>Tools hold more threads than the pool keeps ready, for some seconds.</summary>
internal sealed class BlockingTools() : HostFault("tools that block", Expected.Serves)
{
    private const int Turns = 6;

    private readonly TemporaryFolder _folder = new("convonet-blocking-");
    private readonly List<VoiceLine> _lines = [];
    private readonly List<Task> _ends = [];

    public override string Store => _folder.Store;

    public override IReadOnlyList<string> Said { get; } = [.. Enumerable.Range(1, Turns).Select(number => $"{BlockingModel.Block} {number}")];

    public override async Task BreakAsync(ServerProcess server)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        foreach (var text in Said)
        {
            var line = await VoiceLine.ConnectAsync(server.Voice, limit.Token);
            _lines.Add(line);
            await line.SubmitAsync(text, text, limit.Token);
            await line.UntilAsync(static heard => heard.Name == "agent_stream_chunk", limit.Token);
            _ends.Add(line.UntilAsync(static heard => heard.Name == "agent_response", CancellationToken.None));
        }
    }

    /// <summary>They come to their end.</summary>
    public override Task HealAsync() => Task.WhenAll(_ends).WaitAsync(TimeSpan.FromSeconds(30));

    public override ValueTask DisposeAsync()
    {
        _lines.ForEach(static line => line.Dispose());
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
