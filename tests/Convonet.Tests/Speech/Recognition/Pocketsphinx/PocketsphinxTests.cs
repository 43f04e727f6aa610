using Convonet.Speech.Recognition;
using Convonet.Speech.Recognition.Pocketsphinx;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Speech.Recognition.Pocketsphinx;

/// <summary>The real decoder on spoken commands; skipped where its packages are missing.</summary>
public sealed class PocketsphinxTests : IAsyncDisposable
{
    private const int FrameBytes = 640;

    private readonly FakeTimeProvider _time = new();
    private readonly PocketsphinxOptions _options = new();
    private readonly PocketsphinxSpeechToText _engine;

    public PocketsphinxTests()
    {
        var missing = PocketsphinxSpeechToText.WhatIsMissing(_options);
        Assert.SkipUnless(missing is null, missing ?? "");
        FliteVoice.Require();
        _engine = new(_options, NullLogger<PocketsphinxSpeechToText>.Instance, _time);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FinishUtterance_SpokenCommands_AreHeard()
    {
        (string Voice, string Spoken, string Heard)[] commands =
        [
            ("rms", "add buy milk to my to do list", "add buy milk to my todo list"),
            ("rms", "what is on my to do list", "what is on my todo list"),
            ("slt", "create a team called operations", "create a team called operations"),
            ("awb", "cancel the meeting with the team", "cancel the meeting with the team"),
            ("kal16", "schedule a meeting with peter on monday", "schedule a meeting with peter on monday"),
        ];
        await using var session = await _engine.OpenAsync(Token);

        foreach (var (voice, spoken, heard) in commands)
        {
            Say(session, voice, spoken);
            var number = session.FinishUtterance();

            var transcripts = await ReadToFinalAsync(session);
            Assert.All(transcripts, transcript => Assert.Equal(number, transcript.Utterance));
            Assert.Equal(heard, transcripts[^1].Text);
        }
    }

    [Fact]
    public async Task Push_WhileItIsSpoken_GivesPartialTranscripts()
    {
        await using var session = await _engine.OpenAsync(Token);
        var reading = session.ReadAsync(Token).GetAsyncEnumerator(Token);

        Say(session, "rms", "what is on my to do list");
        Assert.True(await reading.MoveNextAsync());
        var partial = reading.Current;
        await reading.DisposeAsync();
        session.FinishUtterance();
        var last = (await ReadToFinalAsync(session))[^1];

        Assert.False(partial.IsFinal);
        Assert.NotEmpty(partial.Text);
        Assert.True(last is { IsFinal: true, IsSettled: true });
        Assert.True(partial.Position <= last.Position);
    }

    [Fact]
    public async Task FinishUtterance_WithoutAudio_IsAnEmptyTranscript()
    {
        await using var session = await _engine.OpenAsync(Token);

        session.FinishUtterance();

        Assert.Equal("", Assert.Single(await ReadToFinalAsync(session)).Text);
    }

    [Fact]
    public async Task Push_TheSenderFallsSilent_LeavesTheDecoderToOthersAndGoesOnLater()
    {
        await using var silent = await _engine.OpenAsync(Token);
        await using var other = await _engine.OpenAsync(Token);
        Say(silent, "rms", "what is on my");
        await FirstAsync(silent);
        Say(other, "rms", "what is on my to do list");
        other.FinishUtterance();

        _time.Advance(_options.IdleLimit);
        var heard = (await ReadToFinalAsync(other))[^1].Text;
        Say(silent, "rms", "to do list");
        silent.FinishUtterance();

        Assert.Equal("what is on my todo list", heard);
        Assert.StartsWith("what is on my ", (await ReadToFinalAsync(silent))[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_HalfAMinuteBehind_IsOverloadedAndTheSessionIsLeft()
    {
        await using var busy = await _engine.OpenAsync(Token);
        await using var waiting = await _engine.OpenAsync(Token);
        Say(busy, "rms", "what is on my to do list");
        await FirstAsync(busy);

        var error = Assert.Throws<RecognitionException>(() =>
        {
            for (var second = 0; second <= 30; second++)
            {
                waiting.Push(new byte[RecognitionLimits.MaxPieceBytes], TimeSpan.FromSeconds(second));
            }
        });

        Assert.Equal(RecognitionErrorKind.Overloaded, error.Kind);
        busy.FinishUtterance();
        Assert.Equal("what is on my todo list", (await ReadToFinalAsync(busy))[^1].Text);
    }

    [Fact]
    public async Task Push_BadAudio_IsRefusedAndTheSessionGoesOn()
    {
        await using var session = await _engine.OpenAsync(Token);

        foreach (var length in (int[])[0, 1, 641, RecognitionLimits.MaxPieceBytes + 2])
        {
            var error = Assert.Throws<RecognitionException>(() => session.Push(new byte[length], TimeSpan.Zero));
            Assert.Equal(RecognitionErrorKind.BadAudio, error.Kind);
        }

        Say(session, "rms", "what is on my to do list");
        session.FinishUtterance();
        Assert.Equal("what is on my todo list", (await ReadToFinalAsync(session))[^1].Text);
    }

    [Fact]
    public async Task DisposeAsync_OfASessionThatSpeaks_FreesTheDecoder()
    {
        var gone = await _engine.OpenAsync(Token);
        Say(gone, "rms", "what is on my to do list");
        await FirstAsync(gone);
        await using var next = await _engine.OpenAsync(Token);

        await gone.DisposeAsync();
        Say(next, "rms", "what is on my to do list");
        next.FinishUtterance();

        Assert.Equal("what is on my todo list", (await ReadToFinalAsync(next))[^1].Text);
    }

    [Fact]
    public async Task DisposeAsync_OfTheEngine_EndsItsSessions()
    {
        var session = await _engine.OpenAsync(Token);
        Say(session, "rms", "what is on my to do list");

        await _engine.DisposeAsync();

        await Assert.ThrowsAsync<RecognitionException>(() => ReadToFinalAsync(session));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _engine.OpenAsync(Token));
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private static void Say(IRecognitionSession session, string voice, string text)
    {
        var position = TimeSpan.Zero;
        foreach (var piece in (byte[][])[new byte[FrameBytes * 10], .. FliteVoice.SayBytes(voice, text).Chunk(FrameBytes), new byte[FrameBytes * 10]])
        {
            session.Push(piece, position);
            position += RecognitionLimits.DurationOf(piece.Length);
        }
    }

    private static async Task<Transcript> FirstAsync(IRecognitionSession session)
    {
        await foreach (var transcript in session.ReadAsync(Token))
        {
            return transcript;
        }

        throw new InvalidOperationException("The transcripts ended.");
    }

    private static async Task<List<Transcript>> ReadToFinalAsync(IRecognitionSession session)
    {
        var transcripts = new List<Transcript>();
        await foreach (var transcript in session.ReadAsync(Token))
        {
            transcripts.Add(transcript);
            if (transcript.IsFinal)
            {
                break;
            }
        }

        return transcripts;
    }
}
