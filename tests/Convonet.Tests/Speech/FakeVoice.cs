using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Convonet.Audio;
using Convonet.Speech;

namespace Convonet.Tests.Speech;

/// <summary>An engine whose every call is answered by the test, or by 50 ms of audio for each character.</summary>
internal sealed class FakeVoice(string name, PcmFormat format) : ITextToSpeech
{
    private readonly Channel<string> _calls = Channel.CreateUnbounded<string>();
    private int _count;

    public delegate IAsyncEnumerable<ReadOnlyMemory<byte>> Answer(string text, CancellationToken cancellationToken);

    public string Name => name;

    public string Voice => "test";

    public PcmFormat Format => format;

    /// <summary>Answers by text, without white space around it.</summary>
    public ConcurrentDictionary<string, Answer> Answers { get; } = new();

    public int Count => Volatile.Read(ref _count);

    /// <summary>The text of the next call; waits for it.</summary>
    public async Task<string> CalledAsync() => await _calls.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(string text, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _count);
        _calls.Writer.TryWrite(text);
        return Answers.TryGetValue(text.Trim(), out var answer) ? answer(text, cancellationToken) : Parts(Tone(format, text), cancellationToken);
    }

    /// <summary>50 ms for each character, every sample the text's first character.</summary>
    public static byte[] Tone(PcmFormat format, string text)
    {
        var pcm = new byte[format.BytesPerSecond / 20 * text.Length];
        for (var i = 0; i < pcm.Length; i += 2)
        {
            pcm[i] = (byte)text[0];
        }

        return pcm;
    }

    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> Parts(byte[] pcm, [EnumeratorCancellation] CancellationToken cancellationToken, int length = 1_001, Task? gate = null, Exception? failure = null)
    {
        // An engine's memory is its own again when the next part is asked for.
        var part = new byte[length];
        for (var from = 0; from < pcm.Length; from += length)
        {
            var count = Math.Min(length, pcm.Length - from);
            pcm.AsSpan(from, count).CopyTo(part);
            yield return part.AsMemory(0, count);
            await Task.Yield();
            Array.Clear(part);
        }

        await (gate ?? Task.CompletedTask).WaitAsync(cancellationToken);
        if (failure is not null)
        {
            throw failure;
        }
    }

    /// <summary>Waits for the gate before anything is said.</summary>
    public Answer After(Task gate) => (text, token) => AfterAsync(gate, Parts(Tone(format, text), token), token);

    public static Answer Failing(Exception failure) => (_, token) => Parts([], token, failure: failure);

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> AfterAsync(Task gate, IAsyncEnumerable<ReadOnlyMemory<byte>> parts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        await foreach (var part in parts.WithCancellation(cancellationToken))
        {
            yield return part;
        }
    }
}
