using System.Buffers.Binary;
using Convonet.Audio;
using Convonet.Speech;

namespace Convonet.Tests.Speech;

/// <summary>Short forms for calls of engines.</summary>
internal static class SpeechCalls
{
    public static async Task<byte[]> SpeakAllAsync(this ITextToSpeech engine, string text, CancellationToken? cancellationToken = null)
    {
        var all = new MemoryStream();
        await foreach (var part in engine.SpeakAsync(text, cancellationToken ?? TestContext.Current.CancellationToken))
        {
            all.Write(part.Span);
        }

        return all.ToArray();
    }

    public static async Task<SpeechException> FailAsync(this ITextToSpeech engine, string text) =>
        await Assert.ThrowsAsync<SpeechException>(async () => await engine.SpeakAllAsync(text));

    /// <summary>Loudness as root mean square, from 0 to 32767.</summary>
    public static double Loudness(byte[] pcm)
    {
        var power = 0.0;
        for (var i = 0; i < pcm.Length; i += 2)
        {
            power += Math.Pow(BinaryPrimitives.ReadInt16LittleEndian(pcm.AsSpan(i)), 2);
        }

        return Math.Sqrt(power / (pcm.Length / 2));
    }

    public static double Seconds(this PcmFormat format, byte[] pcm) => pcm.Length / (double)format.BytesPerSecond;
}
