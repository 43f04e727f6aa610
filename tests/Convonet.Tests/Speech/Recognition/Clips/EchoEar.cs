using System.Threading.Channels;
using Convonet.Audio;
using Convonet.Speech.Recognition;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Speech.Recognition.Clips;

/// <summary>An ear that writes down how long each utterance was, in tenths of a second.</summary>
internal sealed class EchoEar : ISpeechToText
{
    public string Name => "echo";

    public bool StreamsPartials => true;

    /// <summary>When set, no last transcript comes before it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>When set, the first sound that is pushed waits for it, and whoever pushes with it.</summary>
    public ManualResetEventSlim? Stuck { get; set; }

    /// <summary>Completes when sound is pushed.</summary>
    public TaskCompletionSource Pushed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether last transcripts are what there was when nobody waited any more.</summary>
    public bool IsLate { get; set; }

    public TimeSpan LongestClipPart { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Completes when an utterance is finished.</summary>
    public TaskCompletionSource Finished { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A clip of an even buzz.</summary>
    public static byte[] Wav(double seconds)
    {
        var samples = new byte[(int)(seconds * RecognitionLimits.BytesPerSecond)];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = (byte)(i / 100 % 2 * 8);
        }

        return WavFile.Create(PcmFormat.Wideband, samples);
    }

    public Task<IRecognitionSession> OpenAsync(CancellationToken cancellationToken = default) => Task.FromResult<IRecognitionSession>(new Session(this));

    private sealed class Session(EchoEar ear) : IRecognitionSession
    {
        private readonly Channel<Transcript> _heard = Channel.CreateUnbounded<Transcript>();
        private TimeSpan _end;
        private int _bytes;
        private int _next;

        public void Push(ReadOnlyMemory<byte> audio, TimeSpan position)
        {
            if (ear.Pushed.TrySetResult())
            {
                ear.Stuck?.Wait(TestServer.Patience, TestContext.Current.CancellationToken);
            }

            Assert.InRange(audio.Length, 1, RecognitionLimits.MaxPieceBytes);
            Assert.Equal(_end, position);
            _end += RecognitionLimits.DurationOf(audio.Length);
            _bytes += audio.Length;
        }

        public int FinishUtterance()
        {
            _heard.Writer.TryWrite(new Transcript(_next, "not yet", _end));
            _heard.Writer.TryWrite(new Transcript(_next, $"{RecognitionLimits.DurationOf(_bytes).TotalSeconds:0.0}", _end) { IsFinal = true, IsForced = ear.IsLate });
            _bytes = 0;
            ear.Finished.TrySetResult();
            return _next++;
        }

        public async IAsyncEnumerable<Transcript> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await foreach (var heard in _heard.Reader.ReadAllAsync(cancellationToken))
            {
                await ear.Gate.WaitAsync(cancellationToken);
                yield return heard;
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
