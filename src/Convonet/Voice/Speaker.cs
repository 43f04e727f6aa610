using Convonet.Conversations;
using Convonet.Speech;
using Microsoft.Extensions.Logging;

namespace Convonet.Voice;

/// <summary>Speaks one turn to one client: sends each frame when it is due, holds still while the user may be interrupting, and knows what was heard.</summary>
internal sealed class Speaker : IAsyncDisposable
{
    private readonly SpeechPipeline _speech;
    private readonly IVoiceClient _client;
    private readonly Action<Speaker> _sounded;
    private readonly Action<Speaker> _spoken;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _sending;
    private readonly SpokenSoFar _text = new();
    private volatile bool _isSent;
    private long _answerFrom = -1;
    private long _played;

    /// <summary>Begins to wait for text.</summary>
    /// <param name="turn">The turn; 0 for words that belong to none.</param>
    /// <param name="engines">What to speak with.</param>
    /// <param name="client">Who hears it.</param>
    /// <param name="sounded">Called before the first frame is sent, and before the first of the turn's own text.</param>
    /// <param name="spoken">Called when all was sent.</param>
    /// <param name="logger">Log.</param>
    public Speaker(int turn, SpeechEngines engines, IVoiceClient client, Action<Speaker> sounded, Action<Speaker> spoken, ILogger logger)
    {
        (Turn, _client, _sounded, _spoken, _logger) = (turn, client, sounded, spoken, logger);
        _speech = new SpeechPipeline(turn, engines);
        _sending = Task.Run(SendAsync);
    }

    public int Turn { get; }

    /// <summary>How much of the turn's text was heard, in characters.</summary>
    public int Heard { get; private set; }

    /// <summary>Whether something of the turn's own text was sent; a filler is none.</summary>
    public bool HasAnswered => Volatile.Read(ref _answerFrom) >= 0;

    /// <summary>How much was played since the turn's own text began.</summary>
    public TimeSpan AnswerPlayed => _speech.Format.DurationOf(HasAnswered ? Math.Max(0, _played - _answerFrom) : 0);

    /// <summary>How much was sent and not played yet, as far as the client has said.</summary>
    public TimeSpan Unplayed => _speech.Format.DurationOf(_speech.Sent - _played);

    /// <summary>Whether the client has not said for so long that it plays that nobody waits for it any more.</summary>
    public bool IsGivenUp { get; set; }

    /// <summary>Whether it was told to hold still.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>Whether all that there is to speak was sent.</summary>
    public bool IsSent => _isSent;

    /// <summary>Whether all was spoken, and all of it played.</summary>
    public bool IsOver => _isSent && _played >= _speech.Sent;

    /// <summary>Whether the client has played any of it.</summary>
    public bool HasSounded => _played > 0;

    /// <summary>Whether something of the turn's own text is ready to be spoken.</summary>
    public bool HasText => _speech.HasText;

    /// <summary>More of the turn's shown text.</summary>
    public void Append(string text) => Say(_text.Take(text));

    /// <summary>The turn goes on at another owner, which shows this text so far: what was said of it already is not said again.</summary>
    public void GoOnFrom(string shown) => Say(_text.TakeAgain(shown));

    public void Flush() => _speech.Flush();

    public void Interject(string words) => _speech.Interject(words);

    /// <summary>Whether nothing more can be said by it.</summary>
    public bool IsCompleted { get; private set; }

    public void Complete()
    {
        IsCompleted = true;
        _speech.Complete();
    }

    /// <summary>The client has played so many samples.</summary>
    public void Played(long sample)
    {
        _played = Math.Max(_played, Math.Min(sample, _speech.Sent));
        Heard = _text.ShownUntil(_speech.Played(sample));
    }

    /// <summary>Sends nothing until <see cref="GoOn"/>.</summary>
    public void Hold()
    {
        IsHeld = true;
        _speech.Pause();
    }

    public void GoOn()
    {
        IsHeld = false;
        _speech.Resume();
    }

    /// <summary>Ends it at once; what was not sent is dropped.</summary>
    public async ValueTask DisposeAsync()
    {
        // In this order: a reader that ends because it was stopped must know that it was.
        await _stop.CancelAsync();
        _speech.Stop();
        await _sending;
        await _speech.DisposeAsync();
        _stop.Dispose();
    }

    private void Say((string Text, bool IsAnew) more)
    {
        if (more.IsAnew)
        {
            _speech.Flush();
        }

        _speech.Append(more.Text);
    }

    private async Task SendAsync()
    {
        try
        {
            var sentence = -1;
            await foreach (var update in _speech.ReadAsync(_stop.Token))
            {
                switch (update)
                {
                    case SpeechUpdate.Frame frame:
                        var beginsAnswer = frame.End > frame.Start && !HasAnswered;
                        if (beginsAnswer)
                        {
                            Volatile.Write(ref _answerFrom, frame.Audio.Sample);
                        }

                        if (sentence < 0 || beginsAnswer)
                        {
                            _sounded(this);
                        }

                        if (sentence != frame.Audio.Sentence)
                        {
                            sentence = frame.Audio.Sentence;
                            var (start, end) = (_text.ShownUntil(frame.Start), _text.ShownUntil(frame.End));
                            _client.Send(new SessionEvent.Spoken(Turn, sentence, start, end - start));
                        }

                        await _client.SendAsync(frame.Audio, _stop.Token);
                        break;
                    case SpeechUpdate.SentenceFailed failed:
                        _client.Send(new SessionEvent.Status("speech_failed", "A sentence could not be spoken. Its text is there.", Turn == 0 ? null : Turn));
                        VoiceLog.LogSentenceFailed(_logger, Turn, failed.Sentence, failed.Kind);
                        break;
                }
            }

            if (!_stop.IsCancellationRequested)
            {
                // Before it is told: whoever waits for the end looks when this event wakes it.
                _isSent = true;
                _client.Send(new SessionEvent.SpeechEnd(Turn, _speech.Sent));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Told to.
        }
        catch (Exception error)
        {
            // The border: speech that breaks costs the sound of this turn, not its words.
            VoiceLog.LogSpeakerFailed(_logger, Turn, error);
        }
        finally
        {
            _isSent = true;
            _spoken(this);
        }
    }
}
