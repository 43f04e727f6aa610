using System.Threading.Channels;
using BenchmarkDotNet.Attributes;
using Convonet.Agents;
using Convonet.Benchmarks.Wire;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Transport;
using Convonet.Streams;
using Convonet.Tools;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Benchmarks;

/// <summary>
/// One chunk's whole way: from the bytes of a provider's event through its library, the graph, the conversation and the log to the bytes of a client's frame. Each
/// chunk is let go when the one before it has arrived, so none waits and none goes with another. The network's two ends and the store are not in it.
/// </summary>
[MemoryDiagnoser]
public class ChunkBenchmarks : IDisposable
{
    private const int Chunks = 1_000;

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private CannedProvider _provider = null!;
    private ConversationServices _services = null!;

    /// <summary>Whose chunk it is.</summary>
    [Params("gemini", "claude", "openai")]
    public string Provider { get; set; } = "gemini";

    /// <summary>Makes the model.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _provider = new CannedProvider(Provider, Chunks);
        var strays = new StrayTasks(NullLogger<StrayTasks>.Instance);
        var tools = new ToolRunner([], new ToolOptions(), TimeProvider.System, strays, NullLogger<ToolRunner>.Instance);
        _services = new ConversationServices(
            new AgentGraph(tools, new AgentOptions(), TimeProvider.System, strays, NullLogger<AgentGraph>.Instance),
            new ChatModels([new ProviderEntry(_provider.Model, Configured: true, Emulated: false)], _provider.Model.Provider, []),
            new ConversationOptions(),
            TimeProvider.System,
            NullLoggerFactory.Instance);
    }

    /// <summary>Lets go of the model.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _provider.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A turn.</summary>
    /// <returns>Bytes that a client would get.</returns>
    [Benchmark(OperationsPerInvoke = Chunks)]
    public async Task<long> Chunk()
    {
        var (cursor, bytes) = (0L, 0L);
        await using var conversation = new Conversation("c_0123456789", "user", _services);
        using var following = conversation.Follow(() => _wake.Writer.TryWrite(true));
        _provider.Clear();
        await conversation.SubmitAsync("m", "Say something long.");
        while (true)
        {
            if (!conversation.Events.TryReadAfter(cursor, out var logged))
            {
                await _wake.Reader.ReadAsync();
                continue;
            }

            cursor = logged.Seq;
            bytes += logged.EncodedBy(EventJson.Encode, 1).Length;
            switch (logged.Event)
            {
                case SessionEvent.AgentResponse response:
                    return response.Text.Length == Chunks * " word".Length ? bytes : throw new InvalidOperationException($"The answer is not whole: {response.Outcome}.");
                case SessionEvent.Accepted:
                    // The request is on its way; its body is there when the model reads it.
                    while (_provider.Body is null)
                    {
                        await Task.Yield();
                    }

                    _provider.Body.LetGo();
                    break;
                case SessionEvent.TextChunk:
                    _provider.Body.LetGo();
                    break;
            }
        }
    }
}
