using Convonet.Tests.Accounts;
using Convonet.Tests.EndToEnd;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Chaos;

/// <summary>The clock on the wall is set by hours, forth and back, while the server works: limits count on, and who signed out stays out.</summary>
[Collection(nameof(Alone))]
public sealed class ClockJumpTests
{
    private static readonly TimeSpan StreamIteration = TimeSpan.FromSeconds(5);

    private readonly ObservedTime _time = new(new DateTimeOffset(2026, 11, 25, 9, 0, 0, TimeSpan.Zero));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(3)]
    [InlineData(-3)]
    public async Task Jump_WhileTheModelThinks_TurnGoesOn(int hours)
    {
        await using var server = await TestServer.StartAsync(time: _time);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var step = server.Model.Step().Wait(release.Task).Text("Here.");
        using var client = await VoiceClient.ConnectAsync(server);
        await client.AskAsync("Are you there?");
        await step.Begun.WaitAsync(TestServer.Patience, Token);
        await _time.ArmedAsync(StreamIteration);

        _time.Jump(TimeSpan.FromHours(hours));
        release.SetResult();
        var end = (await client.UntilAsync("agent_response"))[^1];

        Assert.Equal(("completed", "Here."), (end["outcome"], end["text"]));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-3)]
    public async Task Jump_WhileTheModelIsSilent_TurnEndsAtItsLimits(int hours)
    {
        await using var server = await TestServer.StartAsync(time: _time);
        var step = server.Model.Step().Hang();
        server.Model.Step().Hang();
        server.Other.Step().Hang();
        server.Other.Step().Hang();
        using var client = await VoiceClient.ConnectAsync(server);
        await client.AskAsync("Are you there?");
        await step.Begun.WaitAsync(TestServer.Patience, Token);
        await _time.ArmedAsync(StreamIteration);

        _time.Jump(TimeSpan.FromHours(hours));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var passing = Task.Run(() => _time.PassAsync(stop.Token), Token);
        var end = (await client.UntilAsync("agent_response"))[^1];
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => passing);

        Assert.Equal("false", end["success"]?.ToLowerInvariant());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-3)]
    public async Task Jump_SignOut_StaysSignedOut(int hours)
    {
        await using var server = await TestServer.StartAsync(TestServer.Beyond, _time);
        using var anna = await server.RegisterAsync("anna@example.com");
        using var ben = await server.RegisterAsync("ben@example.com", "Ben Beispiel");
        await anna.Http.SendAsync("POST", "/api/account/logout");

        _time.Jump(TimeSpan.FromHours(hours));
        Assert.Null(await anna.Http.WhoAsync());

        // Whoever signs out tidies up what is over by the clock.
        using var later = await TestUser.SignInAsync(server, ben.Email, ben.Id);
        await later.Http.SendAsync("POST", "/api/account/logout");
        _time.Jump(TimeSpan.FromHours(-hours));
        Assert.Null(await anna.Http.WhoAsync());
        Assert.Null(await later.Http.WhoAsync());
    }

    [Fact]
    public async Task Jump_Forth_EndsATokenThatIsOlderThen()
    {
        await using var server = await TestServer.StartAsync(TestServer.Beyond, _time);
        using var anna = await server.RegisterAsync("anna@example.com");

        _time.Jump(TimeSpan.FromHours(2));

        Assert.Null(await anna.Http.WhoAsync());
    }
}
