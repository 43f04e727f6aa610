using BenchmarkDotNet.Attributes;
using Convonet.Audio;
using Convonet.Conversations;
using Convonet.Server.Transport;
using Convonet.Speech;
using Convonet.Streams;
using Convonet.Tools;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Benchmarks;

/// <summary>Parts of a chunk's way, and what else runs often.</summary>
[MemoryDiagnoser]
public class PartBenchmarks
{
    private const int Events = 1_000;
    private const int Frames = 25;

    private readonly SessionEvent _text = new SessionEvent.TextChunk(" word", 1);
    private readonly string[] _tokens = ["There", " are", " two", " of", " them", ",", " and", " one", " is", " late", ".", " Shall", " I", " move", " it", " to", " 3.30", " p.m.", "?", " "];

    private readonly byte[] _second = new byte[PcmFormat.Speech.SamplesIn(TimeSpan.FromSeconds(1)) * PcmFormat.BytesPerSample];
    private readonly ToolRunner _tools = new(
        [ToolFactory.Create(static (string city) => $"It is sunny in {city}.", "weather", "Tells the weather.", new ToolTraits { Effect = ToolEffect.None })],
        new ToolOptions(), TimeProvider.System, new StrayTasks(NullLogger<StrayTasks>.Instance), NullLogger<ToolRunner>.Instance);

    private readonly ToolCall _call = new("call_1_0_0", "weather", """{"city":"Paris"}""");
    private readonly InMemoryToolLedger _ledger = new();
    private int _calls;

    /// <summary>One event: numbered, kept, read by two and put into wire format once. The log is full, as it is when it matters.</summary>
    [Benchmark(OperationsPerInvoke = Events)]
    public long Event()
    {
        var log = new EventLog(capacity: 64);
        var bytes = 0L;
        for (var i = 0; i < Events; i++)
        {
            log.Append(_text);
            for (var reader = 0; reader < 2; reader++)
            {
                bytes += log.TryReadAfter(i, out var logged) ? logged.EncodedBy(EventJson.Encode, 1).Length : 0;
            }
        }

        return bytes;
    }

    /// <summary>Two sentences that come in twenty tokens: cut where a speaker would pause.</summary>
    [Benchmark]
    public int Sentences()
    {
        var splitter = new SentenceSplitter();
        var pieces = 0;
        foreach (var token in _tokens)
        {
            splitter.Push(token);
            while (splitter.TryTake(out _))
            {
                pieces++;
            }
        }

        while (splitter.TryFlush(out _))
        {
            pieces++;
        }

        return pieces;
    }

    /// <summary>A frame of 40 ms of speech, as it goes to a client.</summary>
    [Benchmark(OperationsPerInvoke = Frames)]
    public int Framing()
    {
        var length = 0;
        for (var i = 0; i < Frames; i++)
        {
            var size = _second.Length / Frames;
            var frame = new AudioFrame(1, 0, i * size / PcmFormat.BytesPerSample, PcmFormat.Speech, _second.AsMemory(i * size, size));
            var wire = new byte[frame.WireLength];
            frame.Write(wire);
            length += wire.Length;
        }

        return length;
    }

    /// <summary>A tool call: its arguments checked and bound, run, and its result recorded.</summary>
    [Benchmark]
    public async Task<string> ToolCall()
    {
        var context = new ToolContext(_call, "c", 1) { Key = new CallKey("user", Guid.Empty, ++_calls, 0), Ledger = _ledger };
        return (await _tools.RunAsync(_call, context, CancellationToken.None)).Content;
    }
}
