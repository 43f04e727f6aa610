using Convonet.Conversations;
using Convonet.Speech;
using Microsoft.Extensions.Logging;

namespace Convonet.Voice;

/// <summary>
/// Gives one client the speech of the answers that it asked for, each as one recording with the end of its turn, where the client has asked for that form.
/// Other clients, and the conversation's log, neither wait for it nor hold it.
/// </summary>
/// <remarks>
/// Whoever sends a conversation's events to the client shows each to <see cref="PassAsync"/> first, one at a time. <see cref="Form"/>, <see cref="Expect"/> and
/// <see cref="Forget"/> are for any thread. Turns run one after the other, so there is one recording at a time.
/// </remarks>
public sealed class SpokenAnswers : IAsyncDisposable
{
    /// <summary>Messages that may be on their way to become turns: more than wait in a conversation.</summary>
    private const int MostExpected = 64;

    private readonly VoiceEngines _voice;
    private readonly SpeechEngines? _engines;
    private readonly Action _changed;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly List<string> _expected = [];
    private readonly HashSet<int> _turns = [];
    private volatile SpeechForm _form;
    private WholeSpeech? _speech;
    private int _refused;
    private int _told;

    /// <summary>Begins without any.</summary>
    /// <param name="engines">What speaks.</param>
    /// <param name="changed">Called when an event that had to wait may be shown again; must be quick.</param>
    /// <param name="logger">Log.</param>
    public SpokenAnswers(VoiceEngines engines, Action changed, ILogger<SpokenAnswers> logger) => (_voice, _engines, _changed, _logger) = (engines, engines.Output, changed, logger);

    /// <summary>The conversation whose answers are spoken; they count as its user's.</summary>
    public IConversation? Conversation { get; set; }

    /// <summary>How the client wants to be spoken to, in the turns that it begins from now on.</summary>
    /// <value><see cref="SpeechForm.Frames"/> by default.</value>
    public SpeechForm Form
    {
        get => _form;
        set => _form = value;
    }

    /// <summary>Whether the client is told, with a <c>speaking</c>, that only the sound of an answer is still missing.</summary>
    public bool TellsProgress { get; set; }

    /// <summary>The client's message of this id is about to become a turn.</summary>
    public void Expect(string clientMsgId)
    {
        if (_engines is null || _form != SpeechForm.Whole)
        {
            return;
        }

        lock (_lock)
        {
            if (_expected.Count == MostExpected)
            {
                _expected.RemoveAt(0);
            }

            _expected.Add(clientMsgId);
        }
    }

    /// <summary>The message of this id makes no turn.</summary>
    /// <returns>Whether it was expected to.</returns>
    public bool Forget(string clientMsgId)
    {
        lock (_lock)
        {
            return _expected.Remove(clientMsgId);
        }
    }

    /// <summary>Looks at the conversation's next event before it is sent.</summary>
    /// <param name="next">The event.</param>
    /// <param name="isFollowed">Whether there are events behind it already: they are not held back for a recording, so it goes as it is.</param>
    /// <returns>What to send in its place; without an event it has to wait, and is shown again when something has changed.</returns>
    public async ValueTask<PassedEvent> PassAsync(SessionEvent next, bool isFollowed)
    {
        switch (next)
        {
            case SessionEvent.Accepted accepted when Forget(accepted.ClientMsgId):
                _turns.Add(accepted.Turn);
                break;
            case SessionEvent.TextChunk text when _turns.Contains(text.Turn):
                SpeechOf(text.Turn)?.Append(text.Text);
                break;
            case SessionEvent.ToolChunk tool when tool.Turn == _speech?.Turn:
                _speech.Flush();
                break;
            case SessionEvent.AgentResponse { Outcome: "cancelled" } end when _turns.Remove(end.Turn):
                await StopAsync(end.Turn);
                break;
            case SessionEvent.AgentResponse end when _turns.Contains(end.Turn):
                return await EndAsync(end, isFollowed);
        }

        return new(next, null);
    }

    /// <summary>Speaks words that belong to no turn, beside everything else.</summary>
    /// <param name="words">The words.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A WAV file; null when nothing speaks here, or too much is being spoken already.</returns>
    public async Task<byte[]?> SpeakAsync(string words, CancellationToken cancellationToken)
    {
        if (_engines?.WholeAnswers.TryEnter() is not { } place)
        {
            return null;
        }

        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var speech = new WholeSpeech(0, _engines, () => ready.TrySetResult(), place, _logger);
        speech.Append(words);
        speech.Complete(null);
        await ready.Task.WaitAsync(cancellationToken);
        return speech.Take().Wav;
    }

    /// <summary>Another conversation is followed, or events of it were left out: what was begun has no recording.</summary>
    public async ValueTask StartOverAsync()
    {
        _turns.Clear();
        (_refused, _told) = (0, 0);
        await StopAsync(null);
    }

    /// <summary>Ends what is under way.</summary>
    public ValueTask DisposeAsync() => StartOverAsync();

    private async ValueTask<PassedEvent> EndAsync(SessionEvent.AgentResponse end, bool isFollowed)
    {
        if (SpeechOf(end.Turn) is not { } speech)
        {
            _turns.Remove(end.Turn);
            _refused = 0;
            return new(end, new SessionEvent.Status("speech_overloaded", "Too many answers are being spoken right now. The text of this one is there.", end.Turn));
        }

        speech.Complete(end.Error?.Message);
        if (TellsProgress && _told != end.Turn)
        {
            _told = end.Turn;
            _changed();
            return new(null, new SessionEvent.Status("speaking", "Generating speech...", end.Turn));
        }

        if (!speech.IsReady && !isFollowed)
        {
            return default;
        }

        var (wav, isWhole) = speech.Take();
        _turns.Remove(end.Turn);
        await StopAsync(end.Turn);
        return new(
            end with { Audio = wav },
            isWhole ? null : new SessionEvent.Status("speech_failed", "Not all of the answer could be spoken. Its text is there.", end.Turn));
    }

    /// <summary>The recording of a turn; null when there was no place for it as it began, whatever becomes free later.</summary>
    private WholeSpeech? SpeechOf(int turn)
    {
        if (_speech is null && _refused != turn)
        {
            if (_engines!.WholeAnswers.TryEnter() is { } place)
            {
                _speech = new WholeSpeech(turn, _voice.OutputFor(Conversation, turn)!, _changed, place, _logger);
            }
            else
            {
                _refused = turn;
            }
        }

        return _speech;
    }

    private async ValueTask StopAsync(int? turn)
    {
        if (_speech is { } speech && (turn is null || turn == speech.Turn))
        {
            _speech = null;
            await speech.DisposeAsync();
        }
    }
}

/// <summary>What is sent to one client in place of an event.</summary>
/// <param name="Event">The event, the same one or a copy with its recording; null when it has to wait.</param>
/// <param name="Before">What the client is told just before it.</param>
public readonly record struct PassedEvent(SessionEvent? Event, SessionEvent? Before);
