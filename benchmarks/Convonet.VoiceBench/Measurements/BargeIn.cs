using System.Diagnostics;
using Convonet.Bench;
using Convonet.Bench.Processes;
using Convonet.Bench.Report;
using Convonet.Turns;
using Convonet.VoiceBench.Client;
using Convonet.VoiceBench.Report;

namespace Convonet.VoiceBench.Measurements;

/// <summary>Users who talk over the assistant, several at a time: when the last byte of its sound leaves.</summary>
internal static class BargeIn
{
    private const int FirstVoiceFrames = 20;

    /// <summary>Enough for the hold (0.2 s) and for words (0.3 s) after it.</summary>
    private const int InterruptingFrames = 25;

    public static async Task<IEnumerable<Figure>> MeasureAsync(ServerProcess server, Effort effort)
    {
        await server.AskAsync("long");
        var found = await Task.WhenAll(Enumerable.Range(0, effort.Talkers).Select(number => TalkAsync(server, effort.Interruptions, new Random(number))));
        await server.AskAsync("short");
        var all = found.SelectMany(one => one).ToArray();
        return
        [
            new("barge-in → last audio byte at the client (0: none came any more)", "ms", [.. all.Select(one => one.LastSound)]) { MostP99 = 5 },
            new("· barge-in → `audio_pause` at the client", "ms", [.. all.Select(one => one.Held)]),
            new("· first words over the assistant → `interrupted` at the client", "ms", [.. all.Select(one => one.Interrupted)]),
        ];
    }

    private static async Task<List<Interruption>> TalkAsync(ServerProcess server, int times, Random random)
    {
        await using var client = await BenchClient.ConnectAsync(server.Voice);
        await client.SendSoundAsync(Sounds.Silence, Sounds.EndOfSpeechFrames);
        await client.SendSoundAsync(Sounds.Voice, FirstVoiceFrames);
        await client.SendSoundAsync(Sounds.Silence, Sounds.EndOfSpeechFrames);
        var turn = (await client.UntilAsync(one => one.Event == Arrival.Sound))[^1].Turn;
        var found = new List<Interruption>();
        for (var i = 0; i < times; i++)
        {
            // At any moment between two frames of the speech, which is 0.4 s ahead by then.
            await Task.Delay(random.Next(450, 650));
            var sent = new List<long>();
            var next = Stopwatch.GetTimestamp();
            for (var frame = 0; frame < InterruptingFrames; frame++)
            {
                sent.Add(Stopwatch.GetTimestamp());
                await client.SendSoundAsync(Sounds.StampedVoice());
                next += (long)(VoiceActivity.FrameDuration.TotalSeconds * Stopwatch.Frequency);
                var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), next);
                await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
            }

            // What interrupts is a turn too, and its answer is interrupted next. In real time: sound that always comes faster is refused.
            for (var frame = 0; frame < Sounds.EndOfSpeechFrames; frame++)
            {
                await client.SendSoundAsync(Sounds.Silence);
                await Task.Delay(VoiceActivity.FrameDuration);
            }

            var interrupted = turn;
            var came = await client.UntilAsync(one => one.Event == Arrival.Sound && one.Turn > interrupted);
            turn = came[^1].Turn;
            found.Add(Interruption.Of(came, interrupted, sent));
        }

        return found;
    }

    /// <summary>One of them, in milliseconds since the frame of sound was sent by which the server saw that it is one, or since there were words.</summary>
    private sealed record Interruption(double LastSound, double Held, double Interrupted)
    {
        public static Interruption Of(List<Arrival> came, int turn, List<long> sent)
        {
            var pause = came.First(one => one.Event == "audio_pause" && one.Turn == turn);
            var words = came.First(one => one.Event == "transcription" && one.At > pause.At);
            var end = came.First(one => one.Event == "interrupted" && one.Turn == turn);

            // Frames are 20 ms apart and an answer takes less: it is the last one that was sent before.
            var trigger = sent.Last(one => one < pause.At);
            var last = came.LastOrDefault(one => one.Event == Arrival.Sound && one.Turn == turn && one.At > trigger);
            return new Interruption(last?.Since(trigger) ?? 0, pause.Since(trigger), end.Since(SpokenStamp.Read(words["text"])));
        }
    }
}
