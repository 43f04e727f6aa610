using Convonet.Emulator;
using Convonet.Emulator.Deepgram;
using Convonet.Speech.Recognition;
using Convonet.Speech.Recognition.Deepgram;
using Convonet.Tests.EndToEnd;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Logging;

namespace Convonet.Tests.Speech.Recognition.Deepgram;

/// <summary>The client against the emulator's listen socket: a word for each 0.2 s of audio.</summary>
public sealed class DeepgramSpeechToTextTests : IAsyncLifetime
{
    private const int FrameBytes = 640;
    private const int FramesPerWord = 10;
    private const string Key = "dg-secret-key";

    private readonly ListLogger<DeepgramSpeechToText> _log = new();
    private readonly ObservedTime _clock = new();
    private RunningEmulator _emulator = null!;
    private int _pushed;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _emulator = await EmulatorHost.StartAsync(new EmulatorOptions(), Token);

    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    [Fact]
    public async Task FinishUtterance_TwoUtterances_AreHeardWordByWord()
    {
        _emulator.Enqueue(new SpokenScript("add milk"));
        _emulator.Enqueue(new SpokenScript("thank you"));
        await using var session = await OpenAsync(TimeProvider.System);
        await using var heard = session.ReadAsync(Token).GetAsyncEnumerator(Token);

        Push(session, FramesPerWord);
        var first = await NextAsync(heard);
        Push(session, FramesPerWord);
        var second = await NextAsync(heard);
        var number = session.FinishUtterance();
        var last = await FinalAsync(heard);
        Push(session, FramesPerWord);
        session.FinishUtterance();
        var next = await FinalAsync(heard);

        Assert.Equal(("add", false, Ms(200)), (first.Text, first.IsFinal, first.Position));
        Assert.Equal(("add milk", false, Ms(400)), (second.Text, second.IsFinal, second.Position));
        Assert.Equal((0, "add milk", Ms(400)), (last.Utterance, last.Text, last.Position));
        Assert.Equal((0, 1, "thank you", Ms(600)), (number, next.Utterance, next.Text, next.Position));
    }

    [Fact]
    public async Task OpenAsync_TheAddress_SaysWhatIsSent()
    {
        await using var session = await OpenAsync(TimeProvider.System);

        var query = (await _emulator.ListenAsync(0, Token)).Query;

        Assert.Equal("?model=nova-3&language=en&encoding=linear16&sample_rate=16000&channels=1&interim_results=true&punctuate=true&smart_format=true&endpointing=300", query);
    }

    [Fact]
    public async Task ReadAsync_APause_SettlesTheWordsBefore()
    {
        _emulator.Enqueue(new SpokenScript("add milk | and eggs"));
        await using var session = await OpenAsync(TimeProvider.System);
        await using var heard = session.ReadAsync(Token).GetAsyncEnumerator(Token);

        Push(session, 3 * FramesPerWord);
        var settled = await UntilAsync(heard, one => one.IsSettled);
        Push(session, FramesPerWord);
        session.FinishUtterance();

        Assert.Equal(("add milk", false), (settled.Text, settled.IsFinal));
        Assert.Equal("add milk and eggs", (await FinalAsync(heard)).Text);
    }

    [Theory]
    [InlineData("cut;after=1")]
    [InlineData("cut;after=1;kind=close")]
    public async Task Push_TheSocketIsCutInMidUtterance_TheAudioIsSentAgain(string fault)
    {
        _emulator.Enqueue(new SpokenScript("add milk to my list", fault));
        await using var session = await OpenAsync(TimeProvider.System);
        await using var heard = session.ReadAsync(Token).GetAsyncEnumerator(Token);

        Push(session, 2 * FramesPerWord);
        await (await _emulator.ListenAsync(0, Token)).Ended.WaitAsync(Token);
        var second = await _emulator.ListenAsync(1, Token);
        Push(session, 3 * FramesPerWord);
        session.FinishUtterance();

        Assert.Equal("add milk to my list", (await FinalAsync(heard)).Text);
        Assert.Equal(5 * FramesPerWord * FrameBytes, second.AudioBytes);
        Assert.Contains(_log.Lines, line => line.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task Push_TheSocketIsCutAfterAPause_OnlyWhatWasNotSettledIsSentAgain()
    {
        _emulator.Enqueue(new SpokenScript("add milk | and eggs", "cut;after=3"));
        await using var session = await OpenAsync(TimeProvider.System);
        await using var heard = session.ReadAsync(Token).GetAsyncEnumerator(Token);

        Push(session, 3 * FramesPerWord);
        await UntilAsync(heard, one => one.IsSettled);
        Push(session, FramesPerWord);
        var second = await _emulator.ListenAsync(1, Token);
        Push(session, FramesPerWord);
        session.FinishUtterance();

        Assert.Equal("add milk and eggs", (await FinalAsync(heard)).Text);
        Assert.Equal(2 * FramesPerWord * FrameBytes, second.AudioBytes);
    }

    [Fact]
    public async Task FinishUtterance_TheLastResultIsLate_WhatWasHeardCountsAndTheLateOneIsDropped()
    {
        _emulator.Enqueue(new SpokenScript("add milk please", "delay;ms=1500"));
        _emulator.Enqueue(new SpokenScript("thank you"));
        await using var session = await OpenAsync(_clock);
        await using var heard = session.ReadAsync(Token).GetAsyncEnumerator(Token);
        Push(session, 2 * FramesPerWord);
        await UntilAsync(heard, one => one.Text == "add milk");
        session.FinishUtterance();
        await (await _emulator.ListenAsync(0, Token)).MessageAsync("Finalize", Token);

        _clock.Advance(TimeSpan.FromSeconds(4));
        var late = await FinalAsync(heard);
        Push(session, 2 * FramesPerWord);
        session.FinishUtterance();
        var next = await FinalAsync(heard);

        Assert.Equal((0, "add milk"), (late.Utterance, late.Text));
        Assert.Equal((1, "thank you"), (next.Utterance, next.Text));
    }

    [Fact]
    public async Task Push_NoResultsAtAll_ConnectsAnewAndSendsTheAudioAgain()
    {
        _emulator.Enqueue(new SpokenScript("add milk", "stall"));
        await using var session = await OpenAsync(_clock);
        await using var heard = session.ReadAsync(Token).GetAsyncEnumerator(Token);
        Push(session, 6 * FramesPerWord);
        await (await _emulator.ListenAsync(0, Token)).HearAsync(6 * FramesPerWord * FrameBytes, Token);

        _clock.Advance(TimeSpan.FromSeconds(6));
        await _clock.ArmedAsync(Ms(250));
        _clock.Advance(Ms(250));
        var second = await _emulator.ListenAsync(1, Token);
        session.FinishUtterance();

        Assert.Equal("add milk", (await FinalAsync(heard)).Text);
        Assert.Equal(6 * FramesPerWord * FrameBytes, second.AudioBytes);
    }

    [Fact]
    public async Task Push_NothingForAWhile_KeepsTheConnectionOpen()
    {
        await using var session = await OpenAsync(_clock);
        var connection = await _emulator.ListenAsync(0, Token);
        Push(session, 1);
        await connection.HearAsync(FrameBytes, Token);

        _clock.Advance(DeepgramSession.KeepAliveAfter);
        await connection.MessageAsync("KeepAlive", Token);

        Assert.Equal(["KeepAlive"], connection.Messages);
    }

    [Fact]
    public async Task DisposeAsync_AnOpenSession_SaysGoodbye()
    {
        var session = await OpenAsync(TimeProvider.System);
        var connection = await _emulator.ListenAsync(0, Token);

        await session.DisposeAsync();

        await connection.Ended.WaitAsync(Token);
        Assert.Equal(["CloseStream"], connection.Messages);
    }

    [Fact]
    public async Task FinishUtterance_WithoutAudio_IsEmptyAtOnce()
    {
        await using var session = await OpenAsync(_clock);
        await using var heard = session.ReadAsync(Token).GetAsyncEnumerator(Token);

        session.FinishUtterance();

        Assert.Equal("", (await FinalAsync(heard)).Text);
    }

    [Fact]
    public async Task Push_TheServerIsGone_FailsAfterAFewTriesAndSaysSo()
    {
        await using var session = await OpenAsync(TimeProvider.System, reconnects: 1);
        await _emulator.DisposeAsync();

        var error = await Assert.ThrowsAsync<RecognitionException>(async () => await session.ReadAsync(Token).GetAsyncEnumerator(Token).MoveNextAsync());

        Assert.Equal(RecognitionErrorKind.Unreachable, error.Kind);
        Assert.Throws<RecognitionException>(() => Push(session, 1));
    }

    [Fact]
    public async Task Push_HalfAMinuteThatNobodySettles_IsOverloaded()
    {
        _emulator.Enqueue(new SpokenScript("add milk", "stall"));
        await using var session = await OpenAsync(_clock);

        var error = Assert.Throws<RecognitionException>(() => Push(session, 1501));

        Assert.Equal(RecognitionErrorKind.Overloaded, error.Kind);
    }

    [Theory]
    [InlineData(401, RecognitionErrorKind.Unauthorized)]
    [InlineData(400, RecognitionErrorKind.InvalidRequest)]
    [InlineData(429, RecognitionErrorKind.Overloaded)]
    [InlineData(503, RecognitionErrorKind.Unreachable)]
    public async Task OpenAsync_Refused_SaysWhyWithoutTheKey(int status, RecognitionErrorKind kind)
    {
        await using var refusing = await EmulatorHost.StartAsync(new EmulatorOptions { Faults = $"status;code={status}" }, Token);

        var error = await Assert.ThrowsAsync<RecognitionException>(() => Engine(refusing, TimeProvider.System, 5).OpenAsync(Token));

        Assert.Equal(kind, error.Kind);
        Assert.DoesNotContain(Key, error.ToString(), StringComparison.Ordinal);
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static async Task<Transcript> NextAsync(IAsyncEnumerator<Transcript> heard) =>
        await heard.MoveNextAsync() ? heard.Current : throw new InvalidOperationException("The transcripts ended.");

    private static async Task<Transcript> UntilAsync(IAsyncEnumerator<Transcript> heard, Func<Transcript, bool> condition)
    {
        Transcript next;
        do
        {
            next = await NextAsync(heard);
        }
        while (!condition(next));

        return next;
    }

    private static Task<Transcript> FinalAsync(IAsyncEnumerator<Transcript> heard) => UntilAsync(heard, one => one.IsFinal);

    private void Push(IRecognitionSession session, int frames)
    {
        for (var i = 0; i < frames; i++)
        {
            session.Push(new byte[FrameBytes], _pushed++ * Ms(20));
        }
    }

    private Task<IRecognitionSession> OpenAsync(TimeProvider time, int reconnects = 5) => Engine(_emulator, time, reconnects).OpenAsync(Token);

    private DeepgramSpeechToText Engine(RunningEmulator emulator, TimeProvider time, int reconnects) =>
        new(new DeepgramListenOptions { ApiKey = Key + "\n", BaseAddress = emulator.DeepgramAddress, MaxReconnects = reconnects }, _log, time);
}
