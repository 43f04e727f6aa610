using System.Security.Cryptography;
using Convonet.Conversations;

namespace Convonet.Client;

/// <summary>
/// What the server has not confirmed yet, and what is therefore said again on the next connection: messages in the order in which they were written, the
/// choice of a provider, turns to be stopped, answers to questions. Not safe for several threads.
/// </summary>
internal sealed class Outbox(KeptSession? kept, int most)
{
    /// <summary>Refusals of a message that hold for now only: it is kept, and sent again later.</summary>
    private static readonly string[] ForNow = ["busy", "overloaded", "storage_unavailable"];

    private readonly List<OutgoingMessage> _messages = [.. kept?.Messages ?? []];
    private readonly SortedSet<int> _cancels = [.. kept?.Cancels ?? []];
    private readonly Dictionary<string, bool> _answers = new(StringComparer.Ordinal);

    /// <summary>Messages that were withdrawn while nobody knew whether the server had them.</summary>
    private readonly HashSet<string> _withdrawn = new(StringComparer.Ordinal);

    private string? _chosenProvider;
    private string? _provider;

    /// <summary>Messages that the server has not accepted.</summary>
    public IReadOnlyList<OutgoingMessage> Messages => [.. _messages];

    public IReadOnlyList<int> Cancels => [.. _cancels];

    /// <summary>Whether there is a message that the server has not accepted.</summary>
    public bool HasMessages => _messages.Count > 0;

    /// <summary>What is to be said before messages: what is to be stopped comes first.</summary>
    public IEnumerable<ClientEvent> Urgent =>
    [
        .. _cancels.Select(turn => new ClientEvent.Cancel(turn)),
        .. _provider is null ? (ClientEvent[])[] : [new ClientEvent.SetProvider(_provider)],
        .. _answers.Select(answer => new ClientEvent.Confirm(answer.Key, answer.Value)),
    ];

    /// <summary>All that is to be said again.</summary>
    public IEnumerable<ClientEvent> All => [.. Urgent, .. _messages.Select(FrameOf)];

    /// <summary>Whether a refusal with this code holds for now only.</summary>
    public static bool IsForNow(string code) => ForNow.Contains(code);

    public static ClientEvent FrameOf(OutgoingMessage message) =>
        new ClientEvent.UserMessage(message.Text, message.Id, message.IsVoice ? true : null, message.Interrupts ? "interrupt" : null);

    public bool Holds(string? id) => _messages.Any(message => message.Id == id);

    /// <exception cref="ArgumentException">Its frame has more than <paramref name="longest"/> bytes.</exception>
    /// <exception cref="InvalidOperationException">Too many wait already.</exception>
    public OutgoingMessage Add(string text, bool isVoice, bool interrupts, int longest)
    {
        if (_messages.Count >= most)
        {
            throw new InvalidOperationException($"{most} messages wait to be accepted already: there is no connection, or the server takes none.");
        }

        var message = new OutgoingMessage(NewId(), text, isVoice, interrupts);
        var length = ClientEventJson.Encode(FrameOf(message)).Length;
        if (length > longest)
        {
            throw new ArgumentException($"The message cannot be sent: it takes {length} bytes, and the server reads {longest} at most.", nameof(text));
        }

        _messages.Add(message);
        return message;
    }

    /// <summary>A new id: 96 random bits.</summary>
    public static string NewId() => "m_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    /// <summary>Takes a message back. Should the server have taken it all the same, <see cref="Note"/> says which turn it is.</summary>
    public void Withdraw(string id)
    {
        if (_messages.RemoveAll(message => message.Id == id) > 0 && _withdrawn.Count < most)
        {
            _withdrawn.Add(id);
        }
    }

    public void Cancel(int turn) => _cancels.Add(turn);

    public void Answer(string call, bool yes) => _answers[call] = yes;

    public void Choose(string provider) => _chosenProvider = _provider = provider;

    /// <summary>In a new conversation no turn of the old one is to be stopped, and the choice of a provider is to be made again.</summary>
    public void BeginConversation(string? providerInUse)
    {
        _cancels.Clear();
        _answers.Clear();
        _provider = _chosenProvider == providerInUse ? null : _chosenProvider;
    }

    /// <summary>Strikes out what the event confirms or refuses.</summary>
    /// <returns>The turn of a message that was withdrawn too late.</returns>
    public int? Note(SessionEvent told)
    {
        switch (told)
        {
            case SessionEvent.Accepted accepted:
                Remove(accepted.ClientMsgId);
                return accepted.ClientMsgId is { } id && _withdrawn.Remove(id) ? accepted.Turn : null;
            case SessionEvent.Snapshot snapshot:
                NoteSnapshot(snapshot.Turns ?? []);
                break;
            case SessionEvent.ToolEnded ended:
                _answers.Remove(ended.ToolCall.Id);
                break;
            case SessionEvent.AgentResponse response:
                // One turn runs at a time, so whatever waits for an answer belongs to the one that ends.
                _answers.Clear();
                _cancels.Remove(response.Turn);
                break;
            case SessionEvent.Interrupted interrupted:
                // Only its speech was left to stop.
                _cancels.Remove(interrupted.Turn);
                break;
            case SessionEvent.Status { Code: "provider" } status when status.Provider == _provider:
                _provider = null;
                break;
            case SessionEvent.Refused refused:
                NoteRefused(refused);
                break;
        }

        return null;
    }

    private void NoteRefused(SessionEvent.Refused refused)
    {
        if (refused.Code == "unknown_provider")
        {
            _chosenProvider = _provider = null;
        }
        else if (!IsForNow(refused.Code) && refused.Code is not ("rate_limited" or "unauthenticated"))
        {
            Remove(refused.ClientMsgId);
        }
    }

    /// <summary>A snapshot stands for the events that it replaces, also for the end of the turn that was to be stopped.</summary>
    private void NoteSnapshot(IReadOnlyList<TurnView> turns)
    {
        foreach (var turn in turns)
        {
            Remove(turn.ClientMsgId);
        }

        var running = turns.Where(turn => turn.Outcome is null).ToArray();
        _cancels.IntersectWith(running.Select(turn => turn.Turn));
        var open = running.SelectMany(turn => turn.Tools ?? []).Where(call => call.Outcome is null).Select(call => call.Id).ToHashSet();
        foreach (var call in _answers.Keys.Where(call => !open.Contains(call)).ToArray())
        {
            _answers.Remove(call);
        }
    }

    private void Remove(string? id) => _messages.RemoveAll(message => message.Id == id);
}
