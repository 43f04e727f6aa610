using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Convonet.Conversations;
using Convonet.Server.Conversations;
using Convonet.Server.Store;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Chaos.Child;

/// <summary>
/// The process that is killed. It warms up, waits for <c>go</c>, takes up what its predecessor left, and takes <c>submit conversation user message</c>. It says
/// <c>accepted message turn</c> once the message is kept, <c>ended message outcome</c> once its turn has ended.
/// </summary>
internal sealed class ChildProcess(LocalConversationDirectory directory, ProcessLog log, Action<string> say)
{
    private readonly ConcurrentDictionary<string, ConversationWatch> _watches = new(StringComparer.Ordinal);

    public static async Task<int> RunAsync(ChildOptions options)
    {
        using var log = new ProcessLog(options.Log);
        var turnTime = await WarmUpAsync(options);
        await using var services = ChildServices.Build(options.Database, options, log);
        await services.GetRequiredService<TextJournal>().StartAsync(CancellationToken.None);
        var child = new ChildProcess(services.GetRequiredService<LocalConversationDirectory>(), log, Console.WriteLine);
        await Console.Out.WriteLineAsync($"standby {turnTime.Ticks}");
        if (await Console.In.ReadLineAsync() == "go")
        {
            log.Write("go", "");
            FailPoint.Acts = static () => Console.WriteLine("acted");
            FailPoint.Arm(options.FailAt, NaiveConversationStore.Between);
            await Console.Out.WriteLineAsync("ready");
            await child.ServeAsync();
        }

        return 0;
    }

    /// <summary>Lets the runtime compile everything on another database, so that the kills hit the work and not the start.</summary>
    /// <returns>How long a turn takes on this machine just now.</returns>
    private static async Task<TimeSpan> WarmUpAsync(ChildOptions options)
    {
        using var log = new ProcessLog($"{options.Log}.warm");
        await using var services = ChildServices.Build(options.Scratch, options, log);
        await services.GetRequiredService<TextJournal>().StartAsync(CancellationToken.None);
        var said = Channel.CreateUnbounded<string>();
        var child = new ChildProcess(services.GetRequiredService<LocalConversationDirectory>(), log, line => said.Writer.TryWrite(line));
        await AnswerAsync("warm1");
        var begun = Stopwatch.GetTimestamp();
        await AnswerAsync("warm2");
        return Stopwatch.GetElapsedTime(begun);

        async Task AnswerAsync(string message)
        {
            // A busy machine may need more time for the very first transaction than the store allows: then it is refused, and sent again.
            do
            {
                await child.SubmitAsync($"warm_{options.Process}", Users.Ids[0].ToString(), message);
            }
            while ((await said.Reader.ReadAsync()).StartsWith("refused", StringComparison.Ordinal));

            while (!(await said.Reader.ReadAsync()).StartsWith("ended", StringComparison.Ordinal))
            {
            }
        }
    }

    private async Task ServeAsync()
    {
        var takeUp = TakeUpAsync();
        while (await Console.In.ReadLineAsync() is { } line)
        {
            if (line.Split(' ') is ["submit", var conversation, var user, var message])
            {
                await SubmitAsync(conversation, user, message);
            }
        }

        await takeUp;
    }

    private async Task TakeUpAsync()
    {
        try
        {
            await directory.TakeUpAsync(CancellationToken.None);
            say("took over");
        }
        catch (Exception error)
        {
            // As in the server: such a conversation goes on when its user comes back.
            log.Write("log", $"Not taken up: {error}");
        }
    }

    private async Task SubmitAsync(string conversationId, string user, string message)
    {
        try
        {
            var conversation = await directory.FindAsync(conversationId, user) ?? await directory.StartAsync(conversationId, user)
                ?? throw new InvalidOperationException("There is no room for the conversation.");
            var watch = _watches.AddOrUpdate(
                conversationId, _ => new ConversationWatch(conversation, say), (_, known) => known.IsOf(conversation) ? known : new ConversationWatch(conversation, say));
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
