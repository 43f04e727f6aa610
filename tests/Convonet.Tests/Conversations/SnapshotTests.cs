using System.Collections.Concurrent;
using System.Text;
using Convonet.Conversations;
using Convonet.Tests.Fakes;
using static Convonet.Tests.Conversations.ConversationFixture;

namespace Convonet.Tests.Conversations;

public sealed class SnapshotTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Snapshot_TakenWhileTurnsStream_EqualsTheFoldOfTheLogUpToItsNumber()
    {
        var fixture = new ConversationFixture(
            Tool("look", _ => Task.FromResult("seen")), Tool("fail", _ => throw new Convonet.Tools.ToolException("No.")));

        // The first answer stands still until a snapshot has shown its beginning, however late the one who takes them comes.
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Model.Otherwise = request => Improvise(request.StepId, request.StepId == "call_1_0" ? seen.Task : Task.CompletedTask);
        fixture.Options.MaxWaitingMessages = 100;
        await using var conversation = fixture.Start();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var snapshots = new ConcurrentQueue<SessionEvent.Snapshot>();
        var watching = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var snapshot = await conversation.SnapshotAsync(Token);
                snapshots.Enqueue(snapshot);
                if (snapshot.Turns.Any(turn => turn.Outcome is null && turn.Text.Length > 0))
                {
                    seen.TrySetResult();
                }
            }
        }, Token);
        for (var turn = 1; turn <= 30; turn++)
        {
            await conversation.SubmitAsync($"m{turn}", $"Question {turn}", Token);
        }

        await conversation.CancelAsync(29, Token);
        await conversation.SetProviderAsync("first", Token);
        await UntilTurnEndsAsync(conversation, 29);
        var events = await UntilTurnEndsAsync(conversation, 30);
        await stop.CancelAsync();
        await WithinAsync(watching);
        snapshots.Enqueue(await conversation.SnapshotAsync(Token));

        Assert.Contains(snapshots, snapshot => snapshot.Turns.Any(turn => turn.Outcome is null && turn.Text.Length > 0));
        Assert.All(snapshots.DistinctBy(snapshot => snapshot.Seq), snapshot =>
            Assert.Equal(Fold(events.Where(one => one.Seq <= snapshot.Seq).Select(one => one.Event)), Describe(snapshot.Turns)));
        Assert.Equal(events[^1].Seq, snapshots.Last().Seq);
    }

    [Fact]
    public async Task Snapshot_ManyTurns_ShowsTheNewestHundred()
    {
        var fixture = new ConversationFixture();
        fixture.Model.Otherwise = _ => new ScriptedStep().Text("Yes.");
        await using var conversation = fixture.Start();
        for (var turn = 1; turn <= 103; turn++)
        {
            var before = conversation.Events.Head;
            await conversation.SubmitAsync($"m{turn}", "Really?", Token);
            await UntilAsync(conversation, one => one is SessionEvent.AgentResponse, before);
        }

        var snapshot = await conversation.SnapshotAsync(Token);

        Assert.Equal(Enumerable.Range(4, 100), snapshot.Turns.Select(turn => turn.Turn));
    }

    [Fact]
    public async Task Snapshot_LargeTurns_ShowsAsManyAsFit()
    {
        var fixture = new ConversationFixture();
        fixture.Model.Otherwise = _ => new ScriptedStep().Text(new string('x', 300_000));
        await using var conversation = fixture.Start();
        for (var turn = 1; turn <= 8; turn++)
        {
            var before = conversation.Events.Head;
            await conversation.SubmitAsync($"m{turn}", "Talk", Token);
            await UntilAsync(conversation, one => one is SessionEvent.AgentResponse, before);
        }

        var snapshot = await conversation.SnapshotAsync(Token);

        Assert.Equal([5, 6, 7, 8], snapshot.Turns.Select(turn => turn.Turn));
    }

    [Fact]
    public async Task Snapshot_CallWaitsForTheUser_SaysWhatIsLeftOfTheTime()
    {
        var fixture = new ConversationFixture(Tool("delete_all", _ => Task.FromResult("Gone.")));
        fixture.Model.Step().Text("One moment, ").Call("delete_all");
        await using var conversation = fixture.Start();
        await conversation.SubmitAsync(new UserInput("m1", "Delete all", IsVoice: true), Token);
        var question = (SessionEvent.ToolConfirmation)(await UntilAsync(conversation, one => one is SessionEvent.ToolConfirmation))[^1].Event;

        fixture.Time.Advance(TimeSpan.FromSeconds(12));
        var turn = Assert.Single((await conversation.SnapshotAsync(Token)).Turns);

        var tool = Assert.Single(turn.Tools);
        Assert.Equal((true, 18_000L, 12), (tool.AwaitsConfirmation, tool.ExpiresMs, tool.At));
        Assert.Equal((30_000, 18_000), (question.ExpiresMs, question.AsOf(fixture.Time).ExpiresMs));
        Assert.Equal(("first", null), (turn.Provider, turn.Model));
    }

    /// <summary>Who comes later is not asked again while the call runs.</summary>
    [Fact]
    public async Task Snapshot_CallThatTheUserAllowed_WaitsForNobody()
    {
        var gate = new TaskCompletionSource<string>();
        var fixture = new ConversationFixture(Tool("delete_all", token => gate.Task.WaitAsync(token)));
        fixture.Model.Step().Call("delete_all");
        await using var conversation = fixture.Start();
        await conversation.SubmitAsync(new UserInput("m1", "Delete all", IsVoice: true), Token);
        var question = (SessionEvent.ToolConfirmation)(await UntilAsync(conversation, one => one is SessionEvent.ToolConfirmation))[^1].Event;

        await conversation.ConfirmAsync(question.ToolCall.Id, yes: true, Token);
        var runs = (SessionEvent.ToolProgress)(await UntilAsync(conversation, one => one is SessionEvent.ToolProgress { State: "running" }))[^1].Event;
        var tool = Assert.Single(Assert.Single((await conversation.SnapshotAsync(Token)).Turns).Tools);

        Assert.Equal((question.ToolCall.Id, null), (runs.ToolCall.Id, runs.Message));
        Assert.Equal((null, null, null), (tool.AwaitsConfirmation, tool.ExpiresMs, tool.Outcome));
    }

    private static ScriptedStep Improvise(string stepId, Task gate)
    {
        var step = new ScriptedStep().Text("a").Wait(gate).Text("b");
        return stepId.EndsWith("_0", StringComparison.Ordinal)
            ? step.Call("look").Text("c").Call("fail").Asked("look")
            : step.Apart("d").Apart("e").Text("f");
    }

    /// <summary>What a client shows that has read these events.</summary>
    private static string Fold(IEnumerable<SessionEvent> events)
    {
        var turns = new SortedDictionary<int, (string Head, StringBuilder Text, List<string> Tools, string? Outcome)>();
        foreach (var one in events)
        {
            switch (one)
            {
                case SessionEvent.Accepted accepted:
                    turns.Add(accepted.Turn, ($"{accepted.ClientMsgId} {accepted.Text}", new(), [], null));
                    break;
                case SessionEvent.TextChunk chunk:
                    turns[chunk.Turn].Text.Append(chunk.Text);
                    break;
                case SessionEvent.ToolChunk chunk:
                    turns[chunk.Turn].Tools.Add($"{chunk.ToolCall.Id} {chunk.ToolCall.Name} {chunk.ToolCall.Args} @{turns[chunk.Turn].Text.Length} {chunk.AtMs}");
                    break;
                case SessionEvent.ToolEnded ended when turns[ended.Turn].Tools.FindIndex(tool => tool.StartsWith(ended.ToolCall.Id, StringComparison.Ordinal)) is >= 0 and var index:
                    turns[ended.Turn].Tools[index] += $" {ended.Outcome} {ended.Result} {ended.ElapsedMs}";
                    break;
                case SessionEvent.AgentResponse response:
                    Assert.Equal(response.Text, turns[response.Turn].Text.ToString());
                    turns[response.Turn] = turns[response.Turn] with { Outcome = $"{response.Outcome} {response.Error?.Code} {response.Provider} {response.Model} {response.Emulated} {response.Timing}" };
                    break;
            }
        }

        return string.Join('\n', turns.Select(turn => Line(turn.Key, turn.Value.Head, turn.Value.Text.ToString(), turn.Value.Tools, turn.Value.Outcome)));
    }

    private static string Describe(IEnumerable<TurnView> turns) => string.Join('\n', turns.Select(turn => Line(
        turn.Turn,
        $"{turn.ClientMsgId} {turn.User}",
        turn.Text,
        turn.Tools.Select(tool => $"{tool.Id} {tool.Name} {tool.Args} @{tool.At} {tool.AtMs}" + (tool.Outcome is null ? "" : $" {tool.Outcome} {tool.Result} {tool.ElapsedMs}")),
        turn.Outcome is null ? null : $"{turn.Outcome} {turn.Error?.Code} {turn.Provider} {turn.Model} {turn.Emulated} {turn.Timing}")));

    private static string Line(int turn, string head, string text, IEnumerable<string> tools, string? outcome) =>
        $"{turn} {head} [{text}] ({string.Join("; ", tools)}) {outcome ?? "running"}";
}
