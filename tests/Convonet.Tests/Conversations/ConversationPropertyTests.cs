using Convonet.Conversations;
using Convonet.Models;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using CsCheck;
using static Convonet.Tests.Conversations.ConversationFixture;

namespace Convonet.Tests.Conversations;

/// <summary>What holds whatever a model does.</summary>
public sealed class ConversationPropertyTests
{
    /// <summary>One thing that a model does in a step.</summary>
    private enum Act
    {
        Say, SayNothing, Ask, CallOk, CallFailing, CallEndless, CallUnknown, CallBadly, TellUsage, Fail, BreakOff, Truncate, Block, Malformed,
    }

    private static readonly Gen<Act> Acts = Gen.Frequency(
        (6, Gen.Const(Act.Say)), (4, Gen.Const(Act.CallOk)), (8, Gen.Int[0, 13].Select(act => (Act)act)));

    /// <summary>Per turn: its steps, and whether the user stops it at once.</summary>
    private static readonly Gen<(Act[][] Steps, bool Stop)[]> Conversations = Gen.Select(Acts.Array[0, 6].Array[1, 4], Gen.Int[0, 5].Select(dice => dice == 0)).Array[1, 4];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task Conversation_RandomScripts_KeepsItsPromises() => Conversations.SampleAsync(CheckAsync, iter: 300, threads: 2);

    private static async Task CheckAsync((Act[][] Steps, bool Stop)[] turns)
    {
        var fixture = new ConversationFixture(
            Tool("ok", _ => Task.FromResult("fine")),
            Tool("failing", _ => throw new ToolException("No.")),
            Tool("endless", async token => { await Task.Delay(Timeout.Infinite, token); return ""; }));
        await using var conversation = fixture.Start();
        var after = 0L;
        for (var turn = 1; turn <= turns.Length; turn++)
        {
            var steps = new Queue<Act[]>(turns[turn - 1].Steps);
            fixture.Model.Otherwise = _ => steps.TryDequeue(out var acts) ? Write(acts) : new ScriptedStep().Text("That is all.");
            await conversation.SubmitAsync($"m{turn}", $"Question {turn}", Token);
            if (!turns[turn - 1].Stop)
            {
                // A tool that never ends needs a user who loses patience.
                await UntilAsync(conversation, one => one is SessionEvent.ToolChunk { ToolCall.Name: "endless" } or SessionEvent.AgentResponse, after);
            }

            await conversation.CancelAsync(turn, Token);
            var events = await UntilAsync(conversation, one => one is SessionEvent.AgentResponse, after);
            CheckTurn(events, turn, after);
            after = events[^1].Seq;
        }

        Assert.All(fixture.Model.Requests, request => CheckHistory(request.History));
    }

    private static ScriptedStep Write(Act[] acts)
    {
        var step = new ScriptedStep();
        foreach (var act in acts)
        {
            _ = act switch
            {
                Act.Say => step.Text("word "),
                Act.SayNothing => step.Text("", new ProviderData("first", "{}")),
                Act.Ask => step.Asked("ok"),
                Act.CallOk => step.Call("ok"),
                Act.CallFailing => step.Call("failing"),
                Act.CallEndless => step.Call("endless"),
                Act.CallUnknown => step.Call("no_such_tool"),
                Act.CallBadly => step.Call("ok", "{\"a\":\"\\ud800\"}"),
                Act.TellUsage => step.Usage(10, 2),
                Act.Fail => step.Fail(ModelErrorKind.ServerError),
                Act.BreakOff => step.BreakOff(),
                Act.Truncate => step.End(FinishReason.MaxTokens),
                Act.Block => step.End(FinishReason.Blocked),
                _ => step.End(FinishReason.MalformedToolCall),
            };
        }

        return step;
    }

    private static void CheckTurn(List<LoggedEvent> logged, int turn, long after)
    {
        Assert.Equal(Enumerable.Range(1, logged.Count).Select(offset => after + offset), logged.Select(one => one.Seq));
        var events = logged.Select(one => one.Event).ToArray();
        var end = Assert.Single(events.OfType<SessionEvent.AgentResponse>());
        Assert.Equal(turn, end.Turn);
        Assert.Equal(end.Text, string.Concat(events.OfType<SessionEvent.TextChunk>().Select(chunk => chunk.Text)));
        Assert.Equal(end.Error is not null, !end.Success && end.Outcome != "cancelled");

        var open = new HashSet<string>();
        var ended = new HashSet<string>();
        foreach (var one in events)
        {
            switch (one)
            {
                case SessionEvent.ToolProgress progress:
                    Assert.DoesNotContain(progress.ToolCall.Id, ended);
                    open.Add(progress.ToolCall.Id);
                    break;
                case SessionEvent.ToolChunk chunk:
                    Assert.DoesNotContain(chunk.ToolCall.Id, ended);
                    open.Add(chunk.ToolCall.Id);
                    break;
                case SessionEvent.ToolEnded result:
                    Assert.True(open.Remove(result.ToolCall.Id));
                    Assert.True(ended.Add(result.ToolCall.Id));
                    break;
            }
        }

        Assert.Empty(open);
    }

    /// <summary>Each call has exactly one result, in call order, right behind the message that asked.</summary>
    private static void CheckHistory(IReadOnlyList<HistoryItem> history)
    {
        for (var index = 0; index < history.Count; index++)
        {
            var calls = history[index] is HistoryItem.AssistantMessage message
                ? message.Parts.OfType<AssistantPart.ToolUse>().Select(part => part.Call.Id).ToArray() : [];
            var next = index + 1 < history.Count && history[index + 1] is HistoryItem.ToolResults results
                ? results.Results.Select(result => result.CallId).ToArray() : [];
            Assert.Equal(calls, next);
        }

        Assert.IsNotType<HistoryItem.AssistantMessage>(history[^1]);
    }
}
