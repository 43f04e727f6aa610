using Convonet.Speech.Recognition;
using Convonet.Turns;

namespace Convonet.Bench.Server;

/// <summary>A recogniser that has heard at once, and notes how old sound is when it comes.</summary>
internal sealed class BenchEar : ISpeechToText
{
    private const int MostAges = 400_000;

    /// <summary>Frames of an utterance after which there are words: 0.3 s.</summary>
    private const int FirstWordsAfter = 15;

    private readonly Lock _lock = new();
    private List<int> _ages = [];

    public string Name => "bench";

    public bool StreamsPartials => true;

    public Task<IRecognitionSession> OpenAsync(CancellationToken cancellationToken = default) => Task.FromResult<IRecognitionSession>(new Session(this));

    /// <summary>How old frames were, in microseconds, since the last call.</summary>
    public IReadOnlyList<int> TakeAges()
    {
        lock (_lock)
        {
            var taken = _ages;
            _ages = [];
            return taken;
        }
    }

    private void Note(TimeSpan age)
    {
        lock (_lock)
        {
            if (_ages.Count < MostAges)
            {
                _ages.Add((int)age.TotalMicroseconds);
            }
        }
    }

    private sealed class Session(BenchEar ear) : IRecognitionSession
    {
        private readonly TranscriptFeed _transcripts = new();
        private int _utterance;
        private int _frames;
        private TimeSpan _end;

        public void Push(ReadOnlyMemory<byte> audio, TimeSpan position)
        {
            _end = position + VoiceActivity.FrameDuration;
            if (audio.Length == VoiceActivity.FrameBytes && SoundStamp.TryRead(audio.Span, out var age))
            {
                ear.Note(age);
            }

            if (++_frames == FirstWordsAfter)
            {
                _transcripts.Add(new Transcript(_utterance, SpokenStamp.Now(), _end));
            }
        }

        public int FinishUtterance()
        {
            _frames = 0;
            _transcripts.Add(new Transcript(_utterance, SpokenStamp.Now(), _end) { IsFinal = true, IsSettled = true });
            return _utterance++;
        }

        public IAsyncEnumerable<Transcript> ReadAsync(CancellationToken cancellationToken = default) => _transcripts.ReadAsync(cancellationToken);

        public ValueTask DisposeAsync()
        {
            _transcripts.Complete();
            return ValueTask.CompletedTask;
        }
    }
}
