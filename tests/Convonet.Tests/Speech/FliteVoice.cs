using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Convonet.Tests.Speech;

/// <summary>Speaks words with Debian's <c>flite</c>, the same bytes every time; tests without it are skipped and say so.</summary>
internal static class FliteVoice
{
    private static readonly ConcurrentDictionary<(string Voice, string Text), short[]> Spoken = new();

    /// <summary>The voices that speak at 16 kHz.</summary>
    internal static readonly string[] Voices = ["rms", "slt", "awb", "kal16"];

    private static readonly Lazy<bool> IsThere = new(() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "flite"))));

    /// <summary>Skips the test where flite is missing.</summary>
    internal static void Require() => Assert.SkipUnless(IsThere.Value, "flite is not installed (apt-get install flite).");

    /// <summary>The words as PCM16, mono, 16 kHz.</summary>
    internal static short[] Say(string voice, string text) => Spoken.GetOrAdd((voice, text), static key => Run(key.Voice, key.Text));

    /// <summary>The same as bytes.</summary>
    internal static byte[] SayBytes(string voice, string text) => MemoryMarshal.AsBytes<short>(Say(voice, text)).ToArray();

    private static short[] Run(string voice, string text)
    {
        var folder = Directory.CreateTempSubdirectory("convonet-flite-");
        try
        {
            var file = Path.Combine(folder.FullName, "spoken.wav");
            using var process = Process.Start(new ProcessStartInfo("flite", ["-voice", voice, "-t", text, "-o", file]) { RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, error);
            var wav = File.ReadAllBytes(file);
            Assert.Equal(16_000, BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(24)));
            return MemoryMarshal.Cast<byte, short>(wav.AsSpan(44)).ToArray();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
