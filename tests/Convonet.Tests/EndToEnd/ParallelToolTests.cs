using Convonet.Conversations;
using Convonet.Emulator;
using Convonet.Tools;
using Microsoft.Extensions.AI;
using static Convonet.Emulator.Scripts.Script;

namespace Convonet.Tests.EndToEnd;

public class ParallelToolTests
{
    /// <summary>Chat completions mark no call's end: a call is ready when the next one begins. Hence a third call behind the two.</summary>
    [Theory]
    [MemberData(nameof(EmulatedProviders.All), MemberType = typeof(EmulatedProviders))]
    public async Task TwoTools_EachWaitsForTheOther_BothEndWhileTheModelStillTalks(EmulatedApi api)
    {
        await using var providers = await EmulatedProviders.StartAsync();
        var (left, right) = (Signal(), Signal());
        providers.Tools.AddRange([Meet("left", left, right), Meet("right", right, left), Echo.Tool]);
        providers.Emulator.Enqueue(Of(Say("One moment."), Call("left"), Call("right"), Call("echo", new { text = "last" }), Gate("after calls")));
        providers.Emulator.Enqueue(Of(Say("They met.")));
        var conversation = providers.Converse(api);

        await conversation.SayAsync();
        await conversation.UntilAsync<SessionEvent.ToolEnded>(ended => ended.ToolCall.Name is "left" or "right");
        await conversation.UntilAsync<SessionEvent.ToolEnded>(ended => ended.ToolCall.Name is "left" or "right");
        var request = await providers.Emulator.RequestAsync(0, TestContext.Current.CancellationToken);
        Assert.False(request.LastChunkSent.IsCompleted);
        providers.Emulator.Gate("after calls").Open();
        var end = await conversation.UntilAsync<SessionEvent.AgentResponse>();

        Assert.Equal(("completed", "One moment.\n\nThey met."), (end.Outcome, end.Text));
        Assert.Equal(["left", "right", "echo"], conversation.Of<SessionEvent.ToolChunk>().Select(chunk => chunk.ToolCall.Name));
        Assert.All(conversation.Of<SessionEvent.ToolEnded>(), ended => Assert.Equal("ok", ended.Outcome));
        Assert.Equal(2, providers.RequestsTo(api));
        await providers.AssertQuietAsync();
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A tool that ends only when the other one runs.</summary>
    private static AIFunction Meet(string name, TaskCompletionSource mine, TaskCompletionSource other) => ToolFactory.Create(
        async (CancellationToken cancellationToken) =>
        {
            mine.TrySetResult();
            await other.Task.WaitAsync(cancellationToken);
        },
        name,
        "Waits for the other one.");
}
