using System.Collections.Concurrent;
using Convonet.Conversations;
using Convonet.Server.Store;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Chaos.Child;

/// <summary>
/// The process that is killed. It warms up, waits for <c>go</c>, takes up what its predecessor left, and takes <c>submit conversation user message</c>. It says
/// <c>accepted message turn</c> once the message is kept, <c>ended message outcome</c> once its turn has ended.
/// </summary>
internal sealed class ChildProcess(LocalConversationDirectory directory, ProcessLog log)
{
    private readonly ConcurrentDictionary<string, ConversationWatch> _watches = new(StringComparer.Ordinal);

    public static async Task<int> RunAsync(ChildOptions options)
    {
        using var log = new ProcessLog(options.Log);
        await WarmUpAsync(options);
        await using var services = ChildServices.Build(options.Database, options, log);
        var child = new ChildProcess(services.GetRequiredService<LocalConversationDirectory>(), log);
        await Console.Out.WriteLineAsync("standby");
        if (await Console.In.ReadLineAsync() == "go")
        {
            log.Write("go", "");
            FailPoint.Arm(options.FailAt);
            await Console.Out.WriteLineAsync("ready");
            await child.ServeAsync();
        }

        return 0;
    }

    /// <summary>Lets the runtime compile everything on another database, so that the kills hit the work and not the start.</summary>
    private static async Task WarmUpAsync(ChildOptions options)
    {
        using var log = new ProcessLog($"{options.Log}.warm");
        await using var services = ChildServices.Build(options.Scratch, options, log);
        var child = new ChildProcess(services.GetRequiredService<LocalConversationDirectory>(), log);
        var ended = new TaskCompletionSource();
        for (var refused = true; refused;)
        {
            // A machine that is busy may need more time for the very first transaction than the store allows.
            refused = false;
            await child.SubmitAsync($"warm_{options.Process}", Users.Ids[0].ToString(), "warm", line =>
            {
                refused |= line.StartsWith("refused", StringComparison.Ordinal);
                if (line.StartsWith("ended", StringComparison.Ordinal))
                {
                    ended.TrySetResult();
                }
            });
        }

        await ended.Task;
    }

    private async Task ServeAsync()
    {
        var takeUp = TakeUpAsync();
        while (await Console.In.ReadLineAsync() is { } line)
        {
            if (line.Split(' ') is ["submit", var conversation, var user, var message])
            {
                await SubmitAsync(conversation, user, message, Console.WriteLine);
            }
        }

        await takeUp;
    }

    private async Task TakeUpAsync()
    {
        try
        {
            await directory.TakeUpAsync(CancellationToken.None);
        }
        catch (Exception error)
        {
            // As in the server: such a conversation goes on when its user comes back.
            log.Write("log", $"Not taken up: {error}");
        }
    }

    private async Task SubmitAsync(string conversationId, string user, string message, Action<string> say)
    {
        try
        {
            var conversation = await directory.FindAsync(conversationId, user) ?? await directory.StartAsync(conversationId, user)
                ?? throw new InvalidOperationException("There is no room for the conversation.");
            var watch = _watches.GetOrAdd(conversationId, _ => new ConversationWatch(conversation, say));
            var reply = await conversation.SubmitAsync(message, Work.TextOf(message));
            if (reply.Kind is SubmitKind.Accepted or SubmitKind.Duplicate)
            {
                say($"accepted {message} {reply.Turn}");
                await watch.ExpectAsync(message, reply.Turn);
            }
            else
            {
                say($"refused {message} {reply.Kind}");
            }
        }
        catch (Exception error)
        {
            // The client sends it again, to the next process if not to this one.
            log.Write("log", $"Not submitted: {error}");
            say($"refused {message} {error.GetType().Name}");
        }
    }
}
