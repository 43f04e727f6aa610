using System.Diagnostics;
using System.Runtime.InteropServices;
using Convonet.Audio;
using Convonet.Speech.Recognition;
using Convonet.Speech.Recognition.Clips;
using Convonet.Tests.EndToEnd;
using Convonet.Tests.Fakes;
using Convonet.Tests.Turns;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Speech.Recognition.Clips;

public sealed class ClipDecoderTests : IDisposable
{
    private static readonly Lazy<bool> HasFfmpeg = new(() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "ffmpeg"))));

    private readonly ClipOptions _options = new();
    private readonly ClipDecoder _decoder;

    public ClipDecoderTests() => _decoder = new ClipDecoder(_options);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DecodeAsync_AWavFileOfOurForm_IsItsSamples()
    {
        var samples = Voice(seconds: 1);

        var decoded = await _decoder.DecodeAsync(WavFile.Create(PcmFormat.Wideband, samples), Token);

        Assert.Equal(samples, decoded.ToArray());
    }

    [Theory]
    [InlineData(1, new byte[] { 1, 2, 3, 4 })]
    [InlineData(0, new byte[] { 1, 2, 3, 4, 5 })]
    public async Task DecodeAsync_AWavFileWithOtherChunksAndAWrongLength_IsItsSamples(int padding, byte[] data)
    {
        var file = WavFile.Create(PcmFormat.Wideband, data);
        byte[] odd = [.. file[..36], .. "LIST"u8, (byte)(4 - padding), 0, 0, 0, 9, 9, 9, 9, .. "data"u8, 255, 255, 255, 255, .. data];

        Assert.Equal([1, 2, 3, 4], (await _decoder.DecodeAsync(odd, Token)).ToArray());
    }

    [Theory]
    [InlineData("webm", "libopus")]
    [InlineData("ogg", "libopus")]
    [InlineData("wav", "pcm_f32le")]
    public async Task DecodeAsync_WhatABrowserRecords_IsDecoded(string format, string codec)
    {
        RequireFfmpeg();
        var clip = await EncodeAsync(Voice(seconds: 2), format, codec);

        var decoded = await _decoder.DecodeAsync(clip, Token);

        Assert.InRange(RecognitionLimits.DurationOf(decoded.Length).TotalSeconds, 1.9, 2.1);
        Assert.InRange(Loudness(decoded.Span) / Loudness(Voice(seconds: 2)), 0.7, 1.4);
    }

    [Theory]
    [InlineData(0, "The clip is empty.")]
    [InlineData(25_000_001, "The clip has 25000001 bytes; at most 25000000 are taken.")]
    public async Task DecodeAsync_NothingOrTooMuch_IsRefused(int bytes, string message) => await RefusedAsync(new byte[bytes], message);

    [Fact]
    public async Task DecodeAsync_ALongWavFile_IsRefused() => await RefusedAsync(WavFile.Create(PcmFormat.Wideband, new byte[601 * RecognitionLimits.BytesPerSecond]), "The clip is longer than 600 s.");

    [Fact]
    public async Task DecodeAsync_AWavFileWithoutSamples_IsRefused() => await RefusedAsync(WavFile.Create(PcmFormat.Wideband, []), "The clip holds no sound.");

    [Fact]
    public async Task DecodeAsync_ALongOpusFile_IsRefused()
    {
        RequireFfmpeg();
        _options.MaxDuration = TimeSpan.FromMinutes(1);
        await RefusedAsync(await EncodeAsync(new byte[90 * RecognitionLimits.BytesPerSecond], "webm", "libopus"), "The clip is longer than 60 s.");
    }

    [Theory]
    [InlineData("no sound at all")]
    [InlineData("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")]
    public async Task DecodeAsync_NoSoundFile_IsRefused(string text)
    {
        RequireFfmpeg();
        await RefusedAsync(System.Text.Encoding.ASCII.GetBytes(text), "The clip is not a sound file that can be decoded.");
    }

    [Fact]
    public async Task DecodeAsync_WithoutFfmpeg_SaysWhatToInstall()
    {
        _options.Ffmpeg = "/nowhere/ffmpeg";

        var error = await Assert.ThrowsAsync<RecognitionException>(() => _decoder.DecodeAsync("OggS"u8.ToArray(), Token));

        Assert.Equal(RecognitionErrorKind.NotInstalled, error.Kind);
        Assert.Equal("Only WAV clips (PCM16, mono, 16 kHz) can be read without ffmpeg: apt-get install ffmpeg", error.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DecodeAsync_AProgramThatHangs_IsEndedWhenTimeIsUpOrTheCallerGivesUp(bool givesUp)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The program is a shell script.");
        var folder = Directory.CreateTempSubdirectory("convonet-clips-");
        try
        {
            var time = new FakeTimeProvider();
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
            var (path, pid) = (Path.Combine(folder.FullName, "hang"), Path.Combine(folder.FullName, "pid"));
            await File.WriteAllTextAsync(path, $"#!/bin/sh\necho $$ > {pid}\nexec sleep 1000\n", Token);
            if (!OperatingSystem.IsWindows())
            {
                Assert.SkipWhen(OperatingSystem.IsWindows(), "The program is a shell script.");
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            }

            // A pipe, so that reading waits until the program has begun.
            using (var making = Process.Start("mkfifo", pid))
            {
                await making.WaitForExitAsync(Token);
            }

            var reading = Task.Run(() => File.ReadAllText(pid), Token);
            using var decoder = new ClipDecoder(new ClipOptions { Ffmpeg = path }, time);
            var decoding = decoder.DecodeAsync("OggS"u8.ToArray(), stop.Token);
            using var program = Process.GetProcessById(int.Parse(await reading.InTime(), System.Globalization.CultureInfo.InvariantCulture));
            if (givesUp)
            {
                await stop.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => decoding);
            }
            else
            {
                time.Advance(TimeSpan.FromSeconds(10));
                Assert.Equal(RecognitionErrorKind.Overloaded, (await Assert.ThrowsAsync<RecognitionException>(() => decoding)).Kind);
            }

            await program.WaitForExitAsync(Token).WaitAsync(TestServer.Patience, Token);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public void Dispose() => _decoder.Dispose();

    private static void RequireFfmpeg() => Assert.SkipUnless(HasFfmpeg.Value, "ffmpeg is not installed (apt-get install ffmpeg).");

    private async Task RefusedAsync(byte[] clip, string message)
    {
        var error = await Assert.ThrowsAsync<RecognitionException>(() => _decoder.DecodeAsync(clip, Token));

        Assert.Equal((RecognitionErrorKind.BadAudio, message), (error.Kind, error.Message));
    }

    private static byte[] Voice(int seconds)
    {
        var audio = new TestAudio();
        return [.. Enumerable.Range(0, seconds * 50).SelectMany(_ => audio.Voice())];
    }

    private static double Loudness(ReadOnlySpan<byte> samples)
    {
        var energy = 0.0;
        foreach (var sample in MemoryMarshal.Cast<byte, short>(samples))
        {
            energy += (double)sample * sample;
        }

        return Math.Sqrt(energy / samples.Length);
    }

    private static async Task<byte[]> EncodeAsync(byte[] samples, string format, string codec)
    {
        string[] arguments = ["-nostdin", "-loglevel", "error", "-f", "s16le", "-ar", "16000", "-ac", "1", "-i", "pipe:0", "-c:a", codec, "-f", format, "pipe:1"];
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var encoded = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(encoded, Token);
        await process.StandardInput.BaseStream.WriteAsync(samples, Token);
        process.StandardInput.Close();
        await reading;
        await process.WaitForExitAsync(Token);
        Assert.Equal(0, process.ExitCode);
        return encoded.ToArray();
    }
}
