using System.Runtime.CompilerServices;
using Convonet.Agents;
using Convonet.Models;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Agents;

/// <summary>A library that makes its answer within the call, as one that computes it in the process may, and never lets itself be waited for.</summary>
public sealed class BlockingModelTests
{
    private readonly GraphFixture _graph = new();

    [Fact]
    public async Task Text_IsShownWhileTheNextIsMade()
    {
        using var goesOn = new ManualResetEventSlim();
        var turn = _graph.Start(new BlockingModel(_graph.Time, goesOn));
        try
        {
            var shown = "";
            while (shown != "One two ")
            {
                shown += (await turn.NextAsync<AgentUpdate.TextDelta>()).Text;
            }
        }
        finally
        {
            goesOn.Set();
        }

        var rest = await turn.RestAsync();
        Assert.Equal(("three.", TurnOutcome.Completed), (rest.Text(), rest.End().Outcome));
    }

    private sealed class BlockingModel(FakeTimeProvider time, ManualResetEventSlim goesOn) : IChatModel
    {
        public string Provider => "blocking";

        public string Model => "blocking-1";

        public async IAsyncEnumerable<ModelUpdate> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            yield return new ModelUpdate.TextDelta("One ");
            time.Advance(TimeSpan.FromMilliseconds(20)); // so long the next takes
            yield return new ModelUpdate.TextDelta("two ");
            goesOn.Wait(cancellationToken);
            yield return new ModelUpdate.TextDelta("three.");
            yield return new ModelUpdate.Completed(FinishReason.Stop);
        }
    }
}
