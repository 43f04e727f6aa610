namespace Convonet.Conversations;

/// <summary>Keeps answers to first questions, to give them again.</summary>
public interface IAnswerCache
{
    /// <summary>Whether answers to single users are kept too, each for its user alone.</summary>
    bool KeepsOwn { get; }

    /// <summary>The answer that was kept under a key; null when there is none, or the cache cannot be asked just now.</summary>
    ValueTask<string?> FindAsync(AnswerKey key, CancellationToken cancellationToken);

    /// <summary>Keeps an answer; does nothing when that is not possible just now.</summary>
    ValueTask KeepAsync(AnswerKey key, string answer, CancellationToken cancellationToken);
}
