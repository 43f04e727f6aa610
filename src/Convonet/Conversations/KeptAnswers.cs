using System.Buffers;
using Convonet.Models;
using Convonet.Telemetry;

namespace Convonet.Conversations;

/// <summary>What one first turn has to do with answers that were given before: it may be given one, and its own may be kept.</summary>
/// <param name="cache">Where they are.</param>
/// <param name="shared">The key without the user.</param>
/// <param name="own">The user's own key; null where those are not kept.</param>
/// <param name="conversation">Id of the conversation.</param>
/// <param name="isThere">Whether the user's conversation with an id is still there.</param>
internal sealed class KeptAnswers(IAnswerCache cache, AnswerKey shared, AnswerKey? own, string conversation, Func<string, CancellationToken, ValueTask<bool>> isThere)
{
    /// <summary>The longest answer that is kept, in characters.</summary>
    private const int Longest = 8_000;

    /// <summary>Stands between the conversation that an answer comes from and the answer.</summary>
    private const char From = '\n';

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");

    /// <summary>For the first turn of a conversation; null when it is none that answers are kept of.</summary>
    /// <param name="services">What the conversation needs.</param>
    /// <param name="user">Id of the user.</param>
    /// <param name="conversation">Id of the conversation.</param>
    /// <param name="told">What is told of the user.</param>
    /// <param name="instructions">The whole instructions.</param>
    /// <param name="history">The history with the user's message.</param>
    /// <param name="model">The model that is to answer.</param>
    public static KeptAnswers? For(ConversationServices services, string user, string conversation, UserTold told, string instructions, IReadOnlyList<HistoryItem> history, IChatModel model)
    {
        if (services.Answers is not { } cache || !told.TakesKeptAnswers || history is not [HistoryItem.UserMessage { Text: var question }])
        {
            return null;
        }

        var tools = services.Graph.Tools;
        return new KeptAnswers(
            cache,
            AnswerKey.Shared(model, services.Options.SystemPrompt.TrimEnd(), tools, question),
            cache.KeepsOwn ? AnswerKey.Own(user, told, model, instructions, tools, question) : null,
            conversation,
            services.Store.IsDurable ? (id, token) => services.Store.HasAsync(id, user, token) : static (_, _) => new(true));
    }

    /// <summary>The answer to give; null for none.</summary>
    public async ValueTask<string?> FindAsync(CancellationToken cancellationToken)
    {
        var (found, scope) = await LookAsync(cancellationToken);
        ConvonetTelemetry.KeptAnswers.Add(1, new("result", found is null ? "miss" : "hit"), new KeyValuePair<string, object?>("scope", found is null ? "" : scope));
        return found;
    }

    /// <summary>Whether there is one; not counted, because it is not given yet.</summary>
    public async ValueTask<bool> HasAsync(CancellationToken cancellationToken) => (await LookAsync(cancellationToken)).Found is not null;

    private async ValueTask<(string? Found, string Scope)> LookAsync(CancellationToken cancellationToken) =>
        await cache.FindAsync(shared, cancellationToken) is { } found ? (found, "shared") : (own is null ? null : await FindOwnAsync(own, cancellationToken), "own");

    /// <summary>Keeps the turn's own answer, for its user. One with a figure in it may tell the time, which the key does not hold to the minute.</summary>
    public async ValueTask KeepAsync(string answer, CancellationToken cancellationToken)
    {
        if (own is not null && answer.Length is > 0 and <= Longest && answer.AsSpan().IndexOfAny(Digits) < 0)
        {
            await cache.KeepAsync(own, $"{conversation}{From}{answer}", cancellationToken);
        }
    }

    /// <summary>What was deleted with its conversation is not said again, on whichever node that was.</summary>
    private async ValueTask<string?> FindOwnAsync(AnswerKey key, CancellationToken cancellationToken) =>
        await cache.FindAsync(key, cancellationToken) is { } kept && kept.Split(From, 2) is [var from, var answer] && await isThere(from, cancellationToken) ? answer : null;
}
