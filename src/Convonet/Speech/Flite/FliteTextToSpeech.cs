using System.Runtime.CompilerServices;
using Convonet.Audio;
using Convonet.Streams;

namespace Convonet.Speech.Flite;

/// <summary>Speech without network or key, by flite in this process. English.</summary>
/// <remarks>
/// flite makes a whole piece before it gives any of it, 10 to 50 ms for a sentence, and cannot be stopped meanwhile: a piece that nobody
/// waits for any more ends by itself, owned by <see cref="StrayTasks"/>. As many pieces are made at once as there are processors.
/// </remarks>
public sealed class FliteTextToSpeech : ITextToSpeech
{
    private const int PartBytes = 8 * 1024;

    // Of the process, not of an engine: the processors are shared by all voices.
    private static readonly SemaphoreSlim Working = new(Environment.ProcessorCount, Environment.ProcessorCount);

    private readonly StrayTasks _strays;

    /// <summary>Creates the engine; loads nothing yet.</summary>
    /// <param name="options">The voice.</param>
    /// <param name="strays">Owns the work that nobody waits for any more.</param>
    public FliteTextToSpeech(FliteOptions options, StrayTasks strays)
    {
        Voice = options.Voice;
        Format = Voice == "kal" ? new PcmFormat(8_000) : PcmFormat.Wideband;
        _strays = strays;
    }

    /// <inheritdoc/>
    public string Name => "flite";

    /// <inheritdoc/>
    public string Voice { get; }

    /// <inheritdoc/>
    public PcmFormat Format { get; }

    /// <summary>Whether flite and the voice are on this machine. The first call loads them, which takes up to a second: call it when the server starts.</summary>
    public bool IsInstalled() => FliteLibrary.LoadVoice(Voice) != 0;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(string text, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var ascii = AsciiText.Of(text);
        if (!ascii.Any(char.IsAsciiLetterOrDigit))
        {
            throw new SpeechException(SpeechErrorKind.Refused, "flite speaks English only.");
        }

        await Working.WaitAsync(cancellationToken);
        var work = Task.Run(() => Speak(ascii), CancellationToken.None);
        byte[] pcm;
        try
        {
            pcm = await work.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _strays.Adopt(work, "flite");
            throw;
        }

        for (var from = 0; from < pcm.Length; from += PartBytes)
        {
            yield return pcm.AsMemory(from, Math.Min(PartBytes, pcm.Length - from));
        }
    }

    private byte[] Speak(string text)
    {
        try
        {
            var voice = FliteLibrary.LoadVoice(Voice);
            if (voice == 0)
            {
                throw new SpeechException(SpeechErrorKind.NotInstalled, $"flite or its voice {Voice} is not installed: apt-get install flite");
            }

            var (pcm, rate) = FliteLibrary.Speak(voice, text);
            return pcm.Length > 0 && rate == Format.SampleRate ? pcm : throw new SpeechException(SpeechErrorKind.Protocol, $"flite gave {pcm.Length} bytes at {rate} Hz.");
        }
        finally
        {
            Working.Release();
        }
    }
}
