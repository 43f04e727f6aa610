using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Convonet.Audio;

namespace Convonet.VoiceBench.Measurements;

/// <summary>Speaks words with Debian's <c>flite</c>, the same bytes every time.</summary>
internal static class FliteCommand
{
    /// <summary>The words as PCM16, mono, 16 kHz.</summary>
    public static short[] Say(string voice, string text)
    {
        var folder = Directory.CreateTempSubdirectory("convonet-flite-");
        try
        {
            var file = Path.Combine(folder.FullName, "spoken.wav");
            using var process = Process.Start("flite", ["-voice", voice, "-t", text, "-o", file]);
            process.WaitForExit();
            var wav = process.ExitCode == 0 ? File.ReadAllBytes(file) : [];
            return WavFile.TryReadHeader(wav, out var rate) && rate == PcmFormat.Wideband.SampleRate
                ? MemoryMarshal.Cast<byte, short>(wav.AsSpan(WavFile.HeaderLength)).ToArray()
                : throw new InvalidOperationException($"flite did not speak at {PcmFormat.Wideband.SampleRate} Hz with the voice {voice}.");
        }
        catch (Win32Exception)
        {
            throw new InvalidOperationException("flite is not installed: apt-get install flite");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
