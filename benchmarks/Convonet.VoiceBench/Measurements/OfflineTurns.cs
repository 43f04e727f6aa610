using System.Globalization;
using Convonet.Bench.Processes;
using Convonet.Bench.Report;
using Convonet.Bench.Server;
using Convonet.Tests.Turns;
using Convonet.VoiceBench.Client;

namespace Convonet.VoiceBench.Measurements;

/// <summary>Commands that flite speaks into a microphone in real time, heard by pocketsphinx and answered by flite.</summary>
internal static class OfflineTurns
{
    /// <summary>People do not begin before the answer has ended.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.7);

    private static readonly string[] Voices = ["rms", "slt", "awb"];

    public static async Task RunAsync()
    {
        await using var server = await ServerProcess.StartAsync(BenchServer.WithEngines, "--Convonet:SpeechToText", "pocketsphinx", "--Convonet:TextToSpeech", "flite");
        Table.Begin();
        var turns = new List<Stages>();
        var misheard = 0;
        foreach (var voice in Voices)
        {
            await using var client = await BenchClient.ConnectAsync(server.Voice);
            await using var microphone = new LiveMicrophone(client);
            foreach (var command in SpokenCorpus.Commands)
            {
                await Task.Delay(Pause);
                var ended = await microphone.SayAsync(FliteCommand.Say(voice, command));
                var left = new HashSet<string> { "agent_response", "speech_end", Arrival.Sound };
                var came = await client.UntilAsync(one => (one.IsTranscript && one["success"] == bool.FalseString) || (left.Remove(one.Event) && left.Count == 0));
                if (came[^1].IsTranscript)
                {
                    misheard++;
                    continue;
                }

                turns.Add(Stages.Of(came, ended));
                await client.SendPlayedAsync(came.First(one => one.Event == "speech_end"));
            }
        }

        Table.Add(Figures(turns));
        Table.End();

        Console.WriteLine($"\n{turns.Count + misheard} commands by {Voices.Length} voices; in {misheard} no words were heard.");
    }

    private static IEnumerable<Figure> Figures(List<Stages> turns) =>
    [
        new("end of speech → first audio byte at the client", "ms", [.. turns.Select(turn => turn.Audio)]) { MostP50 = 800 },
        new("· of it: endpointing (end of speech → it is seen as over)", "ms", [.. turns.Select(turn => turn.Endpoint)]),
        new("· of it: → final transcript", "ms", [.. turns.Select(turn => turn.Transcript - turn.Endpoint)]),
        new("· of it: → first token", "ms", [.. turns.Select(turn => turn.Token - turn.Transcript)]),
        new("· of it: → first clause", "ms", [.. turns.Select(turn => turn.Clause - turn.Token)]),
        new("· of it: → first audio byte", "ms", [.. turns.Select(turn => turn.Audio - turn.Clause)]),
    ];

    /// <summary>When a client got the stages of a turn, in milliseconds since the last audible sample was sent.</summary>
    private sealed record Stages(double Endpoint, double Transcript, double Token, double Clause, double Audio)
    {
        public static Stages Of(List<Arrival> came, long ended)
        {
            var turn = came.First(one => one.Event == "accepted").Turn;
            var token = came.First(one => one.IsText && one.Turn == turn).Since(ended);

            // When a clause was complete only the server knows, and tells to the millisecond.
            var timing = came.First(one => one.Event == "turn_timing" && one.Turn == turn);
            return new Stages(
                came.First(one => one is { Event: "recording" } && one["state"] == "finishing").Since(ended),
                came.First(one => one.IsTranscript).Since(ended),
                token,
                token + Number(timing["first_clause"]) - Number(timing["first_token"]),
                came.First(one => one.Event == Arrival.Sound && one.Turn == turn).Since(ended));
        }

        private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }
}
