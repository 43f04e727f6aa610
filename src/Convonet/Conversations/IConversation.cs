using Convonet.Models;

namespace Convonet.Conversations;

/// <summary>A conversation as its clients use it, wherever its owner runs.</summary>
public interface IConversation
{
    /// <summary>Unguessable.</summary>
    string Id { get; }

    /// <summary>Id of the user whose it is.</summary>
    string User { get; }

    /// <summary>What clients are told.</summary>
    EventLog Events { get; }

    /// <summary>The provider of the next turn.</summary>
    ProviderEntry Provider { get; }

    /// <summary>Whether nothing was ever said in it.</summary>
    bool IsEmpty { get; }

    /// <summary>Whether this process runs a turn of it, or one waits here.</summary>
    bool IsBusy { get; }

    /// <summary>Whether it goes on elsewhere, or under other numbers: whoever asks the directory for it gets the one that is valid now.</summary>
    bool IsSuperseded { get; }

    /// <summary>Whether its user deleted it, so that it goes on nowhere; it is superseded then, too.</summary>
    bool IsDeleted { get; }

    /// <summary>Calls <paramref name="wake"/> after each event, until the result is disposed; the conversation is in use meanwhile.</summary>
    /// <param name="wake">Must be quick, must not throw, and must not use the conversation.</param>
    /// <param name="goOn">Called in its place where the follower may go on within the call, as far as it gets without waiting: must not throw.</param>
    IDisposable Follow(Action wake, Action? goOn = null);

    /// <summary>Makes a turn of what the user said, and keeps it; it runs when those before it have ended.</summary>
    /// <param name="input">What was said. The same <see cref="UserInput.ClientMsgId"/> never makes a second turn.</param>
    /// <param name="cancellationToken">Stops waiting for the reply.</param>
    Task<SubmitReply> SubmitAsync(UserInput input, CancellationToken cancellationToken = default);

    /// <summary>Answers whether a call that waits for it may run.</summary>
    /// <returns>False when no call waits under this id (any more).</returns>
    Task<bool> ConfirmAsync(string callId, bool yes, CancellationToken cancellationToken = default);

    /// <summary>Stops the running turn at once.</summary>
    /// <param name="turn">Only this turn, running or waiting; null stops the running one.</param>
    /// <param name="cancellationToken">Stops waiting for a place in the queue.</param>
    ValueTask CancelAsync(int? turn = null, CancellationToken cancellationToken = default);

    /// <summary>Ends a spoken answer where the user stopped hearing it: stops the turn if it still runs, and cuts the answer in the history there.</summary>
    /// <param name="turn">The turn; nothing happens when it is not remembered any more.</param>
    /// <param name="heard">How much of its shown text was heard, in characters; a turn is cut once, and later calls change nothing.</param>
    /// <param name="cancellationToken">Stops waiting for a place in the queue.</param>
    ValueTask InterruptAsync(int turn, int heard, CancellationToken cancellationToken = default);

    /// <summary>Cuts a spoken answer in the history where the user was cut off from it. The turn goes on: the user did not ask for its end.</summary>
    /// <param name="turn">The turn; nothing happens when it is not remembered any more.</param>
    /// <param name="heard">How much of its shown text was heard, in characters.</param>
    /// <param name="cancellationToken">Stops waiting for a place in the queue.</param>
    ValueTask LoseAsync(int turn, int heard, CancellationToken cancellationToken = default);

    /// <summary>A turn used something beside its model calls: it was written down, or is being spoken. Its clients are told. Nobody waits for it, and it is kept elsewhere (<see cref="IUsageLog"/>).</summary>
    /// <param name="turn">The turn; nothing happens when it is not remembered any more.</param>
    /// <param name="used">What it used.</param>
    void NoteUsed(int turn, IReadOnlyList<Used> used);

    /// <summary>Asks the model already what the user is probably saying. The turn that says the same (case and punctuation aside) takes the answer up; any other drops it.</summary>
    /// <param name="text">What is probably said; null when that was wrong. While a turn runs or waits nothing is asked.</param>
    void Guess(string? text);

    /// <summary>Chooses the provider of the turns that begin after it.</summary>
    /// <returns>False when there is no such provider.</returns>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">The conversation goes on elsewhere: it is to be chosen there.</exception>
    Task<bool> SetProviderAsync(string provider, CancellationToken cancellationToken = default);

    /// <summary>The conversation as it stands: its newest turns, and the number of the last event that they contain.</summary>
    Task<SessionEvent.Snapshot> SnapshotAsync(CancellationToken cancellationToken = default);
}
