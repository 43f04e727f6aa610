using Convonet.Agents;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Agents;

/// <summary>Words that make no clause are silence to whoever listens.</summary>
public sealed class DribbleTests
{
    private readonly GraphFixture _graph = new();
    private readonly ScriptedModel _model = new("first");

    [Fact]
    public async Task Words_ThatMakeNoClause_AreSilenceForTheWatchdog()
    {
        var gates = Enumerable.Range(0, 4).Select(_ => GraphFixture.Gate()).ToArray();
        var step = _model.Step().Text("The ");
        foreach (var gate in gates)
        {
            step.Wait(gate.Task).Text("on ");
        }

        var turn = _graph.Start(_model);
        await turn.NextAsync<AgentUpdate.TextDelta>();
        foreach (var gate in gates[..3])
        {
            _graph.Time.Advance(TimeSpan.FromSeconds(1));
            gate.SetResult();
            await turn.NextAsync<AgentUpdate.TextDelta>();
        }

        _graph.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(StatusCode.Waiting, (await turn.NextAsync<AgentUpdate.Status>()).Code);
        gates[3].SetResult();
        Assert.Equal("on ", (await turn.RestAsync()).Text());
    }

    [Fact]
    public async Task Words_ThatMakeAClause_AreHeard()
    {
        var gates = Enumerable.Range(0, 2).Select(_ => GraphFixture.Gate()).ToArray();
        _model.Step().Text("Well").Wait(gates[0].Task).Text(", I ").Wait(gates[1].Task).Text("am here.");
        var turn = _graph.Start(_model);
        await turn.NextAsync<AgentUpdate.TextDelta>();

        foreach (var gate in gates)
        {
            _graph.Time.Advance(TimeSpan.FromSeconds(3));
            gate.SetResult();
            await turn.NextAsync<AgentUpdate.TextDelta>();
        }

        Assert.Empty((await turn.RestAsync()).OfType<AgentUpdate.Status>());
    }
}
