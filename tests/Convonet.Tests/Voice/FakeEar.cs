using System.Threading.Channels;
using Convonet.Speech.Recognition;
using Convonet.Tests.EndToEnd;

namespace Convonet.Tests.Voice;

/// <summary>An ear that hears what the test says it does.</summary>
internal sealed class FakeEar : ISpeechToText, IRecognitionSession
{
    private readonly Channel<Transcript> _heard = Channel.CreateUnbounded<Transcript>();
    private readonly Channel<int> _finished = Channel.CreateUnbounded<int>();
    private readonly Channel<bool> _closed = Channel.CreateUnbounded<bool>();
    private readonly Channel<bool> _opening = Channel.CreateUnbounded<bool>();
    private int _utterance;

    public string Name => "ear";

    public bool StreamsPartials { get; set; } = true;

    public int Bytes { get; private set; }

    /// <summary>When set, opening fails with it.</summary>
    public RecognitionException? Failure { get; set; }

    /// <summary>When set, opening waits for it, and does not listen to its token.</summary>
    public Task? OpenGate { get; set; }

    /// <summary>How often it was opened.</summary>
    public int Opened { get; private set; }

    /// <summary>What reached it: <c>audio</c> for any number of pieces, and <c>end</c>.</summary>
    public List<string> Steps { get; } = [];

    public async Task<IRecognitionSession> OpenAsync(CancellationToken cancellationToken = default)
    {
        _opening.Writer.TryWrite(true);
        await (OpenGate ?? Task.CompletedTask);
        if (Failure is { } failure)
        {
            throw failure;
        }

        Opened++;
        _utterance = 0;
        return this;
    }

    public void Push(ReadOnlyMemory<byte> audio, TimeSpan position)
    {
        Bytes += audio.Length;
        if (Steps is not [.., "audio"])
        {
            Steps.Add("audio");
        }
    }

    public int FinishUtterance()
    {
        Steps.Add("end");
        _finished.Writer.TryWrite(_utterance);
        return _utterance++;
    }

    public IAsyncEnumerable<Transcript> ReadAsync(CancellationToken cancellationToken = default) => _heard.Reader.ReadAllAsync(cancellationToken);

    /// <summary>The next utterance that was finished.</summary>
    public async Task<int> FinishedAsync() => await _finished.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().InTime();

    public void Hears(string text, int utterance, bool final = false) =>
        _heard.Writer.TryWrite(new Transcript(utterance, text, TimeSpan.FromHours(1)) { IsFinal = final, IsSettled = final });

    public void Break(Exception error) => _heard.Writer.TryComplete(error);

    /// <summary>Waits until somebody wants to open it.</summary>
    public async Task OpeningAsync() => await _opening.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().InTime();

    /// <summary>Waits until it is given up.</summary>
    public async Task ClosedAsync() => await _closed.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().InTime();

    public ValueTask DisposeAsync()
    {
        _closed.Writer.TryWrite(true);
        return ValueTask.CompletedTask;
    }
}
