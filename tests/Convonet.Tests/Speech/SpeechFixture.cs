using Convonet.Audio;
using Convonet.Speech;
using Convonet.Streams;
using Convonet.Tests.EndToEnd;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Speech;

/// <summary>Pipelines over two fake engines on a fake clock.</summary>
internal sealed class SpeechFixture
{
    public static readonly PcmFormat Format = PcmFormat.Wideband;

    public ObservedTime Time { get; } = new();

    public FakeVoice Primary { get; } = new("one", Format);

    /// <summary>Speaks in place of <see cref="Primary"/>.</summary>
    public ITextToSpeech? Engine { get; set; }

    public FakeVoice? Fallback { get; set; } = new("two", Format);

    /// <summary>Without pacing, which has tests of its own: then no time needs to pass.</summary>
    public SpeechOptions Options { get; } = new() { MaxAhead = TimeSpan.FromHours(1), Greeting = "" };

    public AudioCache Cache { get; } = new();

    public StrayTasks Strays { get; } = new(NullLogger<StrayTasks>.Instance);

    public SpeechEngines Engines => new(Engine ?? Primary, Fallback, Cache, Options, Time, Strays, NullLogger<SpeechEngines>.Instance);

    public SpeechPipeline Pipeline(int turn = 7) => new(turn, Engines);

    /// <summary>Reads to the end.</summary>
    public static async Task<List<SpeechUpdate>> ReadAllAsync(SpeechPipeline pipeline)
    {
        var updates = new List<SpeechUpdate>();
        await foreach (var update in pipeline.ReadAsync(TestContext.Current.CancellationToken))
        {
            updates.Add(update);
        }

        return updates;
    }

    /// <summary>Speaks a text and reads all of it.</summary>
    public async Task<List<SpeechUpdate>> SpeakAsync(string text)
    {
        await using var pipeline = Pipeline();
        pipeline.Append(text);
        pipeline.Complete();
        return await ReadAllAsync(pipeline);
    }

    public static IEnumerable<AudioFrame> Frames(IEnumerable<SpeechUpdate> updates) => updates.OfType<SpeechUpdate.Frame>().Select(update => update.Audio);

    public static byte[] Pcm(IEnumerable<SpeechUpdate> updates) => [.. Frames(updates).SelectMany(frame => frame.Pcm.ToArray())];

    /// <summary>What the sentences sound like one after the other.</summary>
    public static byte[] Tones(params string[] sentences) => [.. sentences.SelectMany(sentence => FakeVoice.Tone(Format, sentence))];
}
