using Convonet.Audio;
using Convonet.Speech.Recognition;
using Convonet.Speech.Recognition.Clips;
using Convonet.Tests.EndToEnd;
using Convonet.Tests.Turns;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Speech.Recognition.Clips;

/// <summary>Recordings become text: through a session, part after part, or as they are.</summary>
public sealed class ClipTranscriberTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ClipOptions _options = new() { Ffmpeg = "/nowhere/ffmpeg" };
    private readonly EchoEar _ear = new();
    private readonly ClipDecoder _decoder;

    public ClipTranscriberTests() => _decoder = new ClipDecoder(_options, _time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _decoder.Dispose();

    /// <summary>A short yes is not refused, and gets some silence around it.</summary>
    [Fact]
    public async Task TranscribeAsync_AShortClip_IsOneUtterance() => Assert.Equal("0.7", await For(_ear).TranscribeAsync(Wav(0.3), Token));

    [Fact]
    public async Task TranscribeAsync_ALongClip_IsCutWhereItIsQuiet()
    {
        var audio = new TestAudio();
        byte[] samples = [.. Enumerable.Range(0, 1500).SelectMany(frame => frame is >= 740 and < 760 ? TestAudio.Silence() : audio.Voice())];

        var text = await For(_ear).TranscribeAsync(WavFile.Create(PcmFormat.Wideband, samples), Token);

        Assert.Equal("15.3 15.5", text);
    }

    [Fact]
    public async Task TranscribeAsync_AnEngineThatWantsShorterParts_GetsThem()
    {
        _ear.LongestClipPart = TimeSpan.FromSeconds(5);

        var parts = (await For(_ear).TranscribeAsync(Wav(12), Token)).Split(' ').Select(part => double.Parse(part, System.Globalization.CultureInfo.InvariantCulture) - 0.4).ToList();

        Assert.True(parts.Count is 3 or 4 && parts.TrueForAll(seconds => seconds <= 5.05), string.Join(' ', parts));
        Assert.InRange(parts.Sum(), 11.7, 12.3);
    }

    [Fact]
    public async Task TranscribeAsync_ALastTranscriptThatWasForced_IsAnError()
    {
        _ear.IsLate = true;

        var error = await Assert.ThrowsAsync<RecognitionException>(() => For(_ear).TranscribeAsync(Wav(1), Token));

        Assert.Equal(RecognitionErrorKind.Overloaded, error.Kind);
    }

    [Fact]
    public async Task TranscribeAsync_TenMinutes_AreWrittenDown() =>
        Assert.InRange((await For(_ear).TranscribeAsync(Wav(600), Token)).Split(' ').Sum(part => double.Parse(part, System.Globalization.CultureInfo.InvariantCulture) - 0.4), 598, 602);

    /// <summary>A decoder makes of samples that are no numbers the least one, with clicks between them.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(short.MinValue, short.MinValue)]
    [InlineData(short.MinValue, 0)]
    public async Task TranscribeAsync_SamplesOfABrokenFile_AreRefused(short sample, short click)
    {
        byte[] samples = [.. Enumerable.Range(0, 16_000).SelectMany(i => BitConverter.GetBytes(i % 60 == 0 ? click : sample))];

        var error = await Assert.ThrowsAsync<RecognitionException>(() => For(_ear).TranscribeAsync(WavFile.Create(PcmFormat.Wideband, samples), Token));

        Assert.Equal((RecognitionErrorKind.BadAudio, "The clip holds nothing that can be heard."), (error.Kind, error.Message));
    }

    [Fact]
    public async Task TranscribeAsync_NoTranscriptInTime_IsAnError()
    {
        _ear.Gate = new TaskCompletionSource().Task;
        var transcribing = For(_ear).TranscribeAsync(Wav(1), Token);
        await _ear.Finished.Task.InTime();

        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(RecognitionErrorKind.Overloaded, (await Assert.ThrowsAsync<RecognitionException>(() => transcribing)).Kind);
    }

    [Theory]
    [InlineData("\x1A\x45\xDF\xA3 webm", "webm")]
    [InlineData("OggS", "ogg")]
    [InlineData("RIFF....WAVEfmt ", "wav")]
    [InlineData("ID3", "mp3")]
    [InlineData("....ftypM4A ", "m4a")]
    [InlineData("fLaC", "flac")]
    public async Task TranscribeAsync_AnEngineThatTakesClips_GetsThemAsTheyAre(string begin, string extension)
    {
        var whole = new ClipEar();

        await For(whole).TranscribeAsync(System.Text.Encoding.Latin1.GetBytes(begin), Token);

        Assert.Equal((begin.Length, extension), (whole.Bytes, whole.Extension));
    }

    [Theory]
    [InlineData(0, "The clip is empty.")]
    [InlineData(9, "The clip is not a sound file that is known here.")]
    [InlineData(25_000_001, "The clip has 25000001 bytes; at most 25000000 are taken.")]
    public async Task TranscribeAsync_AnEngineThatTakesClips_GetsNoneThatIsWrong(int bytes, string message)
    {
        var whole = new ClipEar();

        var error = await Assert.ThrowsAsync<RecognitionException>(() => For(whole).TranscribeAsync(new byte[bytes], Token));

        Assert.Equal((RecognitionErrorKind.BadAudio, message, 0), (error.Kind, error.Message, whole.Bytes));
    }

    [Fact]
    public void TryEnter_MoreThanThereIsRoomFor_IsRefusedUntilOneLeaves()
    {
        _options.MaxClips = 1;
        var transcriber = For(_ear);

        var first = transcriber.TryEnter();
        Assert.Null(transcriber.TryEnter());
        first!.Dispose();
        first.Dispose();
        using var second = transcriber.TryEnter();

        Assert.NotNull(second);
        Assert.Null(transcriber.TryEnter());
    }

    private ClipTranscriber For(ISpeechToText engine) => new(engine, _decoder, _options, _time);

    private static byte[] Wav(double seconds) => EchoEar.Wav(seconds);

    private sealed class ClipEar : ISpeechToText, IClipToText
    {
        public string Name => "clips";

        public bool StreamsPartials => false;

        public int Bytes { get; private set; }

        public string? Extension { get; private set; }

        public Task<IRecognitionSession> OpenAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException("It takes clips.");

        public Task<string> TranscribeAsync(ReadOnlyMemory<byte> clip, string extension, CancellationToken cancellationToken = default)
        {
            (Bytes, Extension) = (clip.Length, extension);
            return Task.FromResult("words");
        }
    }
}
