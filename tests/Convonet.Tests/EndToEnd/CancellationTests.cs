using Convonet.Conversations;
using Convonet.Emulator;
using Convonet.Models;
using Convonet.Models.Http;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using static Convonet.Emulator.Scripts.Script;

namespace Convonet.Tests.EndToEnd;

public class CancellationTests
{
    public static TheoryData<EmulatedApi, bool> ApisAndHeaders => new MatrixTheoryData<EmulatedApi, bool>(EmulatedProviders.Apis, [false, true]);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(EmulatedProviders.All), MemberType = typeof(EmulatedProviders))]
    public async Task Cancel_BetweenTwoChunks_ClosesTheRequest(EmulatedApi api)
    {
        await using var providers = await EmulatedProviders.StartAsync();
        providers.Emulator.Enqueue(Of(Say("Once upon"), Gate("never"), Say(" a time")));
        var conversation = providers.Converse(api);

        await conversation.SayAsync();
        await conversation.UntilAsync<SessionEvent.TextChunk>(chunk => chunk.Text.Contains(" upon", StringComparison.Ordinal));
        await conversation.CancelAsync();
        var end = await conversation.UntilAsync<SessionEvent.AgentResponse>();

        Assert.Equal(("cancelled", "Once upon", false, null), (end.Outcome, end.Text, end.Success, end.Error));
        await (await providers.Emulator.RequestAsync(0, Token)).Aborted.InTime();
        Assert.Equal(1, providers.RequestsTo(api));
        await providers.AssertQuietAsync();
    }

    [Theory]
    [MemberData(nameof(ApisAndHeaders))]
    public async Task Cancel_NothingCameYet_ClosesTheRequest(EmulatedApi api, bool headersSent)
    {
        await using var providers = await EmulatedProviders.StartAsync();
        providers.Emulator.Enqueue(Of(Say("Late.")).With(headersSent ? "delay;ms=600000;headers=sent" : "delay;ms=600000"));
        var conversation = providers.Converse(api);

        await conversation.SayAsync();
        var request = await providers.Emulator.RequestAsync(0, Token).InTime();
        await conversation.CancelAsync();
        var end = await conversation.UntilAsync<SessionEvent.AgentResponse>();

        Assert.Equal(("cancelled", ""), (end.Outcome, end.Text));
        await request.Aborted.InTime();
        Assert.Equal(1, providers.RequestsTo(api));
        await providers.AssertQuietAsync();
    }

    /// <summary>Libraries pass an answer through several hands before they read it, and each may drop it.</summary>
    [Theory]
    [MemberData(nameof(EmulatedProviders.All), MemberType = typeof(EmulatedProviders))]
    public async Task Cancel_AnyTimeAroundTheHeaders_ClosesTheRequest(EmulatedApi api)
    {
        const int Times = 60;
        await using var providers = await EmulatedProviders.StartAsync();
        providers.Emulator.Enqueue(Of(Say("Late.")).With("delay;ms=600000;headers=sent") with { Times = Times });
        using var pool = new ProviderHttp();
        var model = EmulatedProviders.Create(api, pool.Client, providers.Emulator.BaseAddress);

        for (var i = 0; i < Times; i++)
        {
            using var cancel = new CancellationTokenSource();
            var reading = model.StreamAsync(ModelCalls.Hello, cancel.Token).ToListAsync(Token).AsTask();
            await providers.Emulator.RequestAsync(i, Token).InTime();
            Thread.SpinWait(i * 500);
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading).InTime();
        }

        foreach (var request in providers.Emulator.Requests)
        {
            await request.Aborted.InTime();
        }
    }

    [Theory]
    [MemberData(nameof(EmulatedProviders.All), MemberType = typeof(EmulatedProviders))]
    public async Task Cancel_AsTheHeadersArrive_ClosesTheRequest(EmulatedApi api)
    {
        await using var providers = await EmulatedProviders.StartAsync();
        providers.Emulator.Enqueue(Of(Say("Late.")).With("delay;ms=600000;headers=sent"));
        using var cancel = new CancellationTokenSource();
        using var pool = new SocketsHttpHandler { MaxResponseDrainSize = 0, ResponseDrainTimeout = TimeSpan.Zero };
        using var http = new HttpClient(new CancelOnHeaders(cancel) { InnerHandler = pool });
        var model = EmulatedProviders.Create(api, http, providers.Emulator.BaseAddress);

        var reading = model.StreamAsync(ModelCalls.Hello, cancel.Token).ToListAsync(Token).AsTask();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading).InTime();
        await (await providers.Emulator.RequestAsync(0, Token)).Aborted.InTime();
    }

    [Theory]
    [MemberData(nameof(EmulatedProviders.All), MemberType = typeof(EmulatedProviders))]
    public async Task Cancel_ToolRuns_StopsToolAndRequestAndKeepsTheHistoryValid(EmulatedApi api)
    {
        await using var providers = await EmulatedProviders.StartAsync();
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        providers.Tools.AddRange([Echo.Tool, ToolFactory.Create(
            async (CancellationToken cancellationToken) =>
            {
                using var watch = cancellationToken.Register(() => stopped.TrySetResult());
                await Task.Delay(Timeout.Infinite, cancellationToken);
            },
            "hang",
            "Never ends by itself.")]);
        providers.Emulator.Enqueue(Of(Call("hang"), Call("echo", new { text = "quick" }), Call("hang"), Gate("never")));
        providers.Emulator.Enqueue(Of(Say("Still here.")));
        var conversation = providers.Converse(api);

        await conversation.SayAsync();
        await conversation.UntilAsync<SessionEvent.ToolEnded>(ended => ended.Outcome == "ok");
        await conversation.CancelAsync();
        var end = await conversation.UntilAsync<SessionEvent.AgentResponse>();

        Assert.Equal("cancelled", end.Outcome);
        await stopped.Task.InTime();
        await (await providers.Emulator.RequestAsync(0, Token)).Aborted.InTime();
        var results = Assert.IsType<HistoryItem.ToolResults>(conversation.History[^1]).Results;
        Assert.Equal([ToolOutcome.Cancelled, ToolOutcome.Ok], results.Take(2).Select(result => result.Outcome));
        Assert.Equal("completed", (await conversation.AskAsync("Are you there?")).Outcome);
        await providers.AssertQuietAsync();
    }

    private sealed class CancelOnHeaders(CancellationTokenSource cancel) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            await cancel.CancelAsync();
            return response;
        }
    }
}
