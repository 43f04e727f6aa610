using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Convonet.Tests.Turns;
using Convonet.Turns;

namespace Convonet.VoiceBench.Client;

/// <summary>Sends sound as a microphone does, a frame every 20 ms: what is said, and silence between.</summary>
internal sealed class LiveMicrophone : IAsyncDisposable
{
    private static readonly byte[] Silence = TestAudio.Silence();

    private readonly Channel<Spoken> _spoken = Channel.CreateBounded<Spoken>(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _sending;

    /// <summary>Turns it on.</summary>
    public LiveMicrophone(BenchClient client) => _sending = SendAsync(client);

    /// <summary>Says something.</summary>
    /// <returns>When the frame with its last audible sample was sent, on the monotonic clock.</returns>
    public async Task<long> SayAsync(short[] samples)
    {
        var spoken = new Spoken(samples);
        await _spoken.Writer.WriteAsync(spoken);
        return await spoken.Ended.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        _stop.Dispose();
    }

    private async Task SendAsync(BenchClient client)
    {
        var begun = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(VoiceActivity.FrameDuration / 4);
        Spoken? spoken = null;
        var place = 0;
        try
        {
            for (var frame = 0; ; frame++)
            {
                while (Stopwatch.GetElapsedTime(begun) < frame * VoiceActivity.FrameDuration)
                {
                    await timer.WaitForNextTickAsync(_stop.Token);
                }

                if (spoken is null && _spoken.Reader.TryRead(out spoken))
                {
                    place = 0;
                }

                await client.SendSoundAsync(spoken?.Frame(place) ?? Silence);
                if (place == spoken?.LastFrame)
                {
                    spoken.Ended.TrySetResult(Stopwatch.GetTimestamp());
                }

                if (++place >= spoken?.Frames)
                {
                    spoken = null;
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Turned off.
        }
    }

    /// <summary>Something that is said; the silence behind it is the room's.</summary>
    private sealed class Spoken(short[] samples)
    {
        public TaskCompletionSource<long> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The frame with the last audible sample.</summary>
        public int LastFrame { get; } = Array.FindLastIndex(samples, SpokenCorpus.IsAudible) / VoiceActivity.FrameSamples;

        public int Frames => (samples.Length + VoiceActivity.FrameSamples - 1) / VoiceActivity.FrameSamples;

        public ReadOnlyMemory<byte> Frame(int number)
        {
            var frame = new byte[VoiceActivity.FrameBytes];
            var from = number * VoiceActivity.FrameSamples;
            MemoryMarshal.AsBytes(samples.AsSpan(from, Math.Min(VoiceActivity.FrameSamples, samples.Length - from))).CopyTo(frame);
            return frame;
        }
    }
}
