namespace Convonet.Speech.Recognition.Deepgram;

/// <summary>
/// Puts Deepgram's results together into utterances: each result is about a part of the audio, and so belongs to the utterance that was spoken there,
/// whenever it comes. Its owner locks it.
/// </summary>
internal sealed class HeardUtterances
{
    /// <summary>How far before an utterance's end the last result may end: Deepgram counts in its own frames.</summary>
    private const int SlackBytes = RecognitionLimits.BytesPerSecond / 10;

    private const int RoundingBytes = RecognitionLimits.BytesPerSecond / 100;

    private readonly TranscriptFeed _feed;
    private readonly ReplayBuffer _audio;
    private readonly Queue<Utterance> _finished = new();
    private Utterance _spoken = new(0);
    private long _closed;

    internal HeardUtterances(TranscriptFeed feed, ReplayBuffer audio) => (_feed, _audio) = (feed, audio);

    /// <summary>Where the oldest utterance ends that waits for its last result and whose end Deepgram was not told.</summary>
    internal long? NextFinalize => _finished.FirstOrDefault(one => !one.IsFinalizeSent)?.End;

    /// <summary>The utterance ends here.</summary>
    /// <param name="now">A timestamp, for <see cref="CloseOverdue"/>.</param>
    /// <param name="queuedBytes">How much of the audio so far was not sent yet.</param>
    internal int Finish(long now, long queuedBytes)
    {
        var finished = _spoken;
        finished.End = _audio.End;
        (finished.WaitsSince, finished.Queued) = (now, RecognitionLimits.DurationOf(queuedBytes));
        _spoken = new Utterance(finished.Number + 1);
        _finished.Enqueue(finished);
        CloseSettled();
        return finished.Number;
    }

    /// <summary>Deepgram is told the end that <see cref="NextFinalize"/> gave.</summary>
    /// <param name="now">A timestamp: the last result is due from now on, and not from a second time on where the end is told to a new connection.</param>
    internal void FinalizeSent(long now)
    {
        var told = _finished.First(one => !one.IsFinalizeSent);
        told.IsFinalizeSent = true;
        told.WaitsSince = told.Queued is null ? told.WaitsSince : now;
        told.Queued = null;
    }

    /// <summary>A new connection: Deepgram knows of no ends, and its partial words come again.</summary>
    internal void Reconnected()
    {
        foreach (var one in _finished.Append(_spoken))
        {
            (one.IsFinalizeSent, one.Partial) = (false, "");
        }
    }

    /// <summary>Takes a result.</summary>
    /// <param name="result">What Deepgram sent.</param>
    /// <param name="first">Where in the session's audio the connection began.</param>
    internal void Hear(ListenMessage result, long first)
    {
        var begin = first + BytesOf(result.Start);
        var end = first + BytesOf(result.Start + result.Duration);
        var middle = (begin + end) / 2;
        if (middle <= _closed + RoundingBytes)
        {
            // Too late: the utterance ended without it. Or there is nothing in it.
            return;
        }

        var isAnswer = result.FromFinalize && _finished.TryPeek(out var waiting) && waiting.IsFinalizeSent;
        var utterance = isAnswer ? _finished.Peek() : _finished.FirstOrDefault(one => middle < one.End) ?? _spoken;
        utterance.Take(result.Text.Trim(), result.IsFinal);
        if (utterance.IsNews(result.IsFinal))
        {
            _feed.Add(new Transcript(utterance.Number, utterance.Text, _audio.PositionOf(end)) { IsSettled = result.IsFinal || result.SpeechFinal });
        }

        if (result.IsFinal)
        {
            _audio.Settle(isAnswer ? Math.Max(end, utterance.End) : end);
        }

        CloseSettled();
    }

    /// <summary>Ends utterances whose last result has not come in time, with what was heard; it says how many.</summary>
    /// <param name="isOverdue">Tells it from the timestamp since which it is waited for, and from how much longer than usual it may take.</param>
    internal int CloseOverdue(Func<long, TimeSpan, bool> isOverdue)
    {
        var count = 0;
        while (_finished.TryPeek(out var oldest) && isOverdue(oldest.WaitsSince, oldest.Queued ?? TimeSpan.Zero))
        {
            _audio.Settle(oldest.End);
            Close(isForced: true);
            count++;
        }

        return count;
    }

    private void CloseSettled()
    {
        while (_finished.TryPeek(out var oldest) && _audio.Settled >= oldest.End - SlackBytes)
        {
            _audio.Settle(oldest.End);
            Close();
        }
    }

    private void Close(bool isForced = false)
    {
        var closed = _finished.Dequeue();
        _closed = closed.End;
        _feed.Add(new Transcript(closed.Number, closed.Text, _audio.PositionOf(closed.End)) { IsFinal = true, IsSettled = true, IsForced = isForced });
    }

    private static long BytesOf(double seconds) => (long)(seconds * RecognitionLimits.SampleRate) * sizeof(short);

    private sealed class Utterance(int number)
    {
        private string _settled = "";
        private string _shown = "";
        private bool _wasSettled;

        internal int Number { get; } = number;

        internal string Partial { get; set; } = "";

        internal long End { get; set; }

        /// <summary>When its last byte was sent, or it was finished where that is still to come.</summary>
        internal long WaitsSince { get; set; }

        /// <summary>How much was to be sent before its end when it was finished; null when all was.</summary>
        internal TimeSpan? Queued { get; set; }

        internal bool IsFinalizeSent { get; set; }

        internal string Text => Join(_settled, Partial);

        internal void Take(string text, bool isFinal) => (_settled, Partial) = isFinal ? (Join(_settled, text), "") : (_settled, text);

        /// <summary>Whether a reader has not seen this yet.</summary>
        internal bool IsNews(bool isSettled)
        {
            var isNews = Text.Length > 0 && (Text != _shown || isSettled != _wasSettled);
            (_shown, _wasSettled) = (Text, isSettled);
            return isNews;
        }

        private static string Join(string left, string right) => left.Length == 0 ? right : right.Length == 0 ? left : $"{left} {right}";
    }
}
