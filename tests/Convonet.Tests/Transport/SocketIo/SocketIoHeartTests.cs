using System.Net.WebSockets;
using Convonet.Server.Transport.SocketIo;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Transport.SocketIo;

/// <summary>Pings and what their answers say, on a clock that only the test moves.</summary>
public sealed class SocketIoHeartTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly SocketIoOptions _options = new();
    private int _sent;
    private int _dead;

    /// <summary>Seconds; divides the times that pass.</summary>
    private const int Step = 5;

    [Fact]
    public void Client_ThatAnswers_IsAskedEachIntervalAfterItsAnswer()
    {
        using var heart = Create();

        _time.Advance(TimeSpan.FromSeconds(24.9));
        Assert.Equal(0, _sent);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(1, _sent);
        _time.Advance(TimeSpan.FromSeconds(19.9));
        Answer(heart);
        _time.Advance(TimeSpan.FromSeconds(24.9));
        Assert.Equal(1, _sent);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal((2, 0), (_sent, _dead));
    }

    [Fact]
    public void Client_ThatDoesNotAnswerInTime_IsGivenUp()
    {
        using var heart = Create();

        _time.Advance(TimeSpan.FromSeconds(25));
        _time.Advance(TimeSpan.FromSeconds(19.9));
        Assert.Equal(0, _dead);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal((1, 1), (_sent, _dead));
    }

    [Fact]
    public void Answer_ThatNobodyAskedFor_SaysNothing()
    {
        using var heart = Create();

        heart.Sent(new(1, 7));
        heart.Pong();
        _time.Advance(TimeSpan.FromSeconds(25));

        Assert.Equal((1, new SocketIoOffset(1, 0)), (_sent, heart.Confirmed));
    }

    /// <summary>Each answer confirms what was sent before its own ping, not what came after.</summary>
    [Fact]
    public void Answer_ConfirmsWhatWasSentBeforeItsPing()
    {
        using var heart = Create();

        heart.Sent(new(1, 7));
        heart.Ask();
        heart.Written();
        heart.Sent(new(1, 8));
        heart.Ask();
        heart.Written();
        heart.Sent(new(1, 9));
        heart.Pong();
        var first = heart.Confirmed;
        heart.Pong();

        Assert.Equal((new SocketIoOffset(1, 7), new SocketIoOffset(1, 8)), (first, heart.Confirmed));
    }

    [Fact]
    public void StartOver_WhatWasOfAnotherConversation_IsNotConfirmed()
    {
        using var heart = Create();
        heart.Sent(new(1, 7));
        heart.Ask();
        heart.Written();

        heart.StartOver();
        heart.Pong();

        Assert.Equal(SocketIoOffset.Unknown, heart.Confirmed);
    }

    [Fact]
    public async Task Ask_ManyTimesWithoutAnswer_IsBounded_AndTheClientIsAliveOnceItAnswers()
    {
        using var heart = Create();
        for (var i = 0; i < 100; i++)
        {
            heart.Ask();
        }

        Assert.Equal(4, _sent);
        var alive = heart.AnswersAsync(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        heart.Pong();
        Assert.True(await alive);
        var silent = heart.AnswersAsync(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(await silent);
    }

    [Theory]
    [InlineData("1.12", 1, 12, null)]
    [InlineData("1.12.c_0a", 1, 12, "c_0a")]
    [InlineData("1.2.", 1, 2, null)]
    [InlineData("", 0, 0, null)]
    [InlineData("x.y", 0, 0, null)]
    [InlineData("-1.2.c_0a", 0, 0, null)]
    [InlineData(null, 0, 0, null)]
    public void Offset_IsReadOrTheBeginning(string? text, int epoch, long seq, string? conversation)
    {
        Assert.Equal((new(epoch, seq), conversation), SocketIoOffset.Read(text));
        Assert.Equal((new(epoch, seq), conversation), SocketIoOffset.Read(new SocketIoOffset(epoch, seq).In(conversation)));
    }

    /// <summary>Over a real socket: asked after 25 s, cut off 20 s later; one that answers goes on.</summary>
    [Fact]
    public async Task Connection_IsCutWhenItsClientAnswersNoPing()
    {
        await using var server = await TestServer.StartAsync(["--Convonet:SocketIo:PingInterval", "00:00:25", "--Convonet:SocketIo:PingTimeout", "00:00:20"], time: _time);
        using var peer = await SocketIoPeer.ConnectAsync(server);

        // Answered behind the look at its sign-in, for which the store has no longer than a step.
        await TalkAsync(peer);
        await PassAsync(peer, 25);
        await peer.PingAsync();
        await peer.SendAsync("3");
        await TalkAsync(peer);
        await PassAsync(peer, 25);
        await peer.PingAsync();
        await PassAsync(peer, 20);
        var closed = peer.UntilClosedAsync();

        Assert.Equal((2, WebSocketCloseStatus.PolicyViolation), (peer.Pings, (await closed).Status));
    }

    /// <summary>Lets time pass in steps shorter than any other limit of a connection: what is just being sent when a long one comes would have taken all of it.</summary>
    private async Task PassAsync(SocketIoPeer peer, int seconds)
    {
        for (var passed = Step; passed < seconds; passed += Step)
        {
            _time.Advance(TimeSpan.FromSeconds(Step));
            await TalkAsync(peer);
        }

        _time.Advance(TimeSpan.FromSeconds(Step));
    }

    private static async Task TalkAsync(SocketIoPeer peer)
    {
        await peer.SendAsync("42/voice,1[\"cancel\"]");
        await peer.AckAsync(1);
    }

    private SocketIoHeart Create() => new(default, _options, _time, _ => _sent++, () => _dead++);

    private static void Answer(SocketIoHeart heart)
    {
        heart.Written();
        heart.Pong();
    }
}
