using Convonet.Audio;
using Convonet.Speech;

namespace Convonet.Bench.Server;

/// <summary>A voice that has spoken at once.</summary>
internal sealed class BenchVoice : ITextToSpeech
{
    /// <summary>So short that an answer of two sentences is sent without pauses.</summary>
    public static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    private volatile byte[] _sound = SoundOf(Short);

    public string Name => "bench";

    public string Voice => "instant";

    public PcmFormat Format => PcmFormat.Speech;

    /// <summary>Each sentence lasts so long from now on.</summary>
    /// <returns>The answer to the command.</returns>
    public string Speaks(TimeSpan length)
    {
        _sound = SoundOf(length);
        return "done";
    }

    public IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(string text, CancellationToken cancellationToken = default) =>
        new[] { (ReadOnlyMemory<byte>)_sound }.ToAsyncEnumerable();

    private static byte[] SoundOf(TimeSpan length) => new byte[PcmFormat.Speech.SamplesIn(length) * PcmFormat.BytesPerSample];
}
