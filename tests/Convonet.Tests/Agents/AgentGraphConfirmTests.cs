using Convonet.Agents;
using Convonet.Tests.Fakes;
using Convonet.Tools;

namespace Convonet.Tests.Agents;

/// <summary>Calls that the user must allow first.</summary>
public sealed class AgentGraphConfirmTests
{
    private readonly GraphFixture _graph = new();
    private readonly List<string> _ran = [];

    public AgentGraphConfirmTests()
    {
        _graph.ToolOptions.Confirm = "send_*, wipe";
        foreach (var name in new[] { "send_mail", "wipe", "delete_todo", "look" })
        {
            _graph.Tools.Add(ToolFactory.Create(
                () =>
                {
                    _ran.Add(name);
                    return "Done.";
                },
                name,
                "Test."));
        }
    }

    [Theory]
    [InlineData(true, ToolOutcome.Ok, "send_mail")]
    [InlineData(false, ToolOutcome.Cancelled, "")]
    public async Task Run_CallOnTheList_WaitsForTheAnswer(bool yes, ToolOutcome outcome, string ran)
    {
        var turn = Start("send_mail");
        var question = (AgentUpdate.ToolConfirmation)(await turn.UntilAsync<AgentUpdate.ToolConfirmation>())[^1];
        Assert.Empty(_ran);

        Assert.True(_graph.Confirmations.Answer(question.Call.Id, yes));
        var rest = await turn.RestAsync();

        Assert.Equal(outcome, Assert.Single(rest.Results()).Outcome);
        Assert.Equal(ran, string.Join(' ', _ran));
        Assert.False(_graph.Confirmations.Answer(question.Call.Id, true));
    }

    [Fact]
    public async Task Run_NoAnswerWithinTheLimit_MeansNo()
    {
        var turn = Start("wipe");
        await turn.UntilAsync<AgentUpdate.ToolConfirmation>();

        _graph.Time.Advance(_graph.ToolOptions.ConfirmLimit);
        var result = Assert.Single((await turn.RestAsync()).Results());

        Assert.Equal((ToolOutcome.Cancelled, "Not run: the user did not allow it within 30 s."), (result.Outcome, result.Content));
        Assert.Empty(_ran);
    }

    [Fact]
    public async Task Run_UserThinksLongerThanTheTurnMayTake_TheTurnsTimeStandsStill()
    {
        var turn = Start("wipe");
        var question = (AgentUpdate.ToolConfirmation)(await turn.UntilAsync<AgentUpdate.ToolConfirmation>())[^1];

        _graph.Time.Advance(_graph.Options.Execution + TimeSpan.FromSeconds(5));
        _graph.Confirmations.Answer(question.Call.Id, true);

        Assert.Equal(TurnOutcome.Completed, (await turn.EndAsync()).Outcome);
        Assert.Equal(["wipe"], _ran);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task Run_DeleteInASpokenTurn_IsAskedFor(bool isVoice, int questions)
    {
        _graph.IsVoice = isVoice;
        var turn = Start("delete_todo");
        if (questions > 0)
        {
            var question = (AgentUpdate.ToolConfirmation)(await turn.UntilAsync<AgentUpdate.ToolConfirmation>())[^1];
            _graph.Confirmations.Answer(question.Call.Id, true);
        }

        Assert.Empty((await turn.RestAsync()).OfType<AgentUpdate.ToolConfirmation>());
        Assert.Equal(["delete_todo"], _ran);
    }

    [Fact]
    public async Task Run_TurnIsCancelledWhileItWaits_IsNotRun()
    {
        var turn = Start("wipe");
        await turn.UntilAsync<AgentUpdate.ToolConfirmation>();

        turn.Cancel();
        var rest = await turn.RestAsync();

        Assert.Equal(TurnOutcome.Cancelled, rest.End().Outcome);
        Assert.Equal(ToolOutcome.Cancelled, Assert.Single(rest.Results()).Outcome);
        Assert.Empty(_ran);
    }

    private GraphFixture.RunningGraph Start(string tool)
    {
        var model = new ScriptedModel();
        model.Step().Call(tool);
        model.Says("Done.");
        return _graph.Start(model);
    }
}
