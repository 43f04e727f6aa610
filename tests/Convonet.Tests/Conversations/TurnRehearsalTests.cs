using Convonet.Agents;
using Convonet.Models;
using Convonet.Models.Rehearsals;
using Convonet.Server.Conversations;
using Convonet.Streams;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Convonet.Tests.Conversations;

/// <summary>What compiles the first user's turn beforehand is a turn from end to end.</summary>
public sealed class TurnRehearsalTests
{
    [Theory]
    [InlineData("gemini")]
    [InlineData("claude")]
    [InlineData("openai")]
    public async Task Run_OfEachProvider_EndsWithItsAnswerKept(string provider)
    {
        using var http = Rehearsal.HttpOf(provider);
        var models = new ChatModels([new ProviderEntry(Rehearsal.ModelOf(provider, http), Configured: true, Emulated: false)], provider, []);
        var strays = new StrayTasks(NullLogger<StrayTasks>.Instance);
        var tools = new ToolRunner([], new ToolOptions(), TimeProvider.System, strays, NullLogger<ToolRunner>.Instance);

        var last = await new TurnRehearsal(models, tools, Options.Create(new AgentOptions()), NullLogger<TurnRehearsal>.Instance)
            .RunAsync(TestContext.Current.CancellationToken).WaitAsync(TestServer.Patience, TestContext.Current.CancellationToken);

        Assert.Equal((true, "completed", " word word", provider), (last.Success, last.Outcome, last.Text, last.Provider));
    }
}
