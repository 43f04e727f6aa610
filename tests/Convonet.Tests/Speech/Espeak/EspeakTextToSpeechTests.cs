using System.Diagnostics;
using Convonet.Speech;
using Convonet.Speech.Espeak;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Speech.Espeak;

public sealed class EspeakTextToSpeechTests
{
    [Theory]
    [InlineData("en-us", "I have put the milk on your list.")]
    [InlineData("de", "Ich habe die Milch auf die Liste gesetzt, größer.")]
    [InlineData("en-us+f3", "[[ '; rm -rf / --help <b>hello</b>")]
    public async Task SpeakAsync_Sentence_IsSpeech(string voice, string text)
    {
        var engine = Engine(voice);

        var pcm = await engine.SpeakAllAsync(text);

        Assert.InRange(engine.Format.Seconds(pcm), 0.8, 5);
        Assert.InRange(SpeechCalls.Loudness(pcm), 300, 20_000);
    }

    [Fact]
    public async Task SpeakAsync_ManyAtOnce_AllSpeak()
    {
        var engine = Engine();

        Assert.All(await Task.WhenAll(Enumerable.Range(0, 12).Select(i => engine.SpeakAllAsync($"Number {i}."))), Assert.NotEmpty);
    }

    [Fact]
    public async Task SpeakAsync_NoSuchVoice_IsRefused() => Assert.Equal(SpeechErrorKind.Refused, (await Engine("nobody").FailAsync("Hello")).Kind);

    [Fact]
    public async Task SpeakAsync_NoProgram_SaysWhatToInstall()
    {
        var engine = new EspeakTextToSpeech(new EspeakOptions { Program = "no-such-program" });

        Assert.False(engine.IsInstalled());
        var failure = await engine.FailAsync("Hello");
        Assert.Equal(SpeechErrorKind.NotInstalled, failure.Kind);
        Assert.Contains("apt-get install espeak-ng", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>A program that says nothing and does not end: it is killed.</summary>
    [Fact]
    public async Task SpeakAsync_ProgramThatHangs_IsKilledWhenCancelledAndAfterItsLimit()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs a shell.");
        using var hanging = new HangingProgram();
        var time = new FakeTimeProvider();
        var engine = new EspeakTextToSpeech(new EspeakOptions { Program = hanging.Path }, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var cancelled = engine.SpeakAllAsync("Hello", stop.Token);
        var first = await hanging.StartedAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        var late = engine.FailAsync("Hello");
        var second = await hanging.StartedAsync();
        time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(SpeechErrorKind.TimedOut, (await late).Kind);
        await first.WaitForExitAsync(TestContext.Current.CancellationToken);
        await second.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static EspeakTextToSpeech Engine(string voice = "en-us")
    {
        var engine = new EspeakTextToSpeech(new EspeakOptions { Voice = voice });
        Assert.SkipUnless(engine.IsInstalled(), "Needs espeak-ng: apt-get install espeak-ng");
        return engine;
    }

    /// <summary>A script that tells its process id through a pipe and then sleeps.</summary>
    private sealed class HangingProgram : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

        public HangingProgram()
        {
            Path = System.IO.Path.Combine(_folder, "hang");
            File.WriteAllText(Path, $"#!/bin/sh\necho $$ > '{_folder}/pid'\nexec sleep 600\n");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            using var pipe = Process.Start("mkfifo", System.IO.Path.Combine(_folder, "pid"));
            pipe.WaitForExit();
        }

        public string Path { get; }

        public async Task<Process> StartedAsync() =>
            Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(System.IO.Path.Combine(_folder, "pid"), TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture));

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
