using Convonet.Models;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Models;

/// <summary>What was said before comes as it came then: in pieces.</summary>
public sealed class KeptAnswerTests
{
    [Fact]
    public async Task Stream_CutsBetweenWords_AndLeavesNothingOut()
    {
        const string Said = "I write things down, and I remind you of them in time.";

        var updates = await new KeptAnswer(new ScriptedModel(), Said).AskAsync(ModelCalls.Hello);

        Assert.Equal(["I write things down, and ", "I remind you of them in time."], updates.OfType<ModelUpdate.TextDelta>().Select(piece => piece.Text));
        Assert.IsType<ModelUpdate.Completed>(updates[^1]);
    }
}
