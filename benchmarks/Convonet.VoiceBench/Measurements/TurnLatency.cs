using Convonet.Bench;
using Convonet.Bench.Processes;
using Convonet.Bench.Report;
using Convonet.VoiceBench.Client;
using Convonet.VoiceBench.Report;

namespace Convonet.VoiceBench.Measurements;

/// <summary>Turns one after the other: how long the server takes from the last transcript to the first byte of the answer's sound.</summary>
internal static class TurnLatency
{
    /// <summary>More sound than that may not come at once.</summary>
    private const int TurnsPerConnection = 15;

    private const int VoiceFrames = 20;
    public static async Task<IEnumerable<Figure>> MeasureAsync(ServerProcess server, Effort effort)
    {
        for (var i = 0; i < effort.WarmConnections; i++)
        {
            await TalkAsync(server);
        }

        await server.StagesAsync();
        var turns = new List<SpokenTurn>();
        for (var i = 0; i < effort.Connections; i++)
        {
            turns.AddRange(await TalkAsync(server));
        }

        var stages = await server.StagesAsync();
        return
        [
            new("final transcript → first audio byte at the client", "ms", [.. turns.Select(turn => turn.FirstSound)]) { MostP50 = 1, MostP99 = 5 },
            new("· of it: final transcript → the turn is kept, and its `accepted` at the client", "ms", [.. turns.Select(turn => turn.Accepted)]),
            new("· within the server: final transcript → first token", "ms", [.. stages.Select(stage => stage[0])]),
            new("· within the server: → first clause", "ms", [.. stages.Select(stage => stage[1])]),
            new("· within the server: → first audio", "ms", [.. stages.Select(stage => stage[2])]),
        ];
    }

    private static async Task<List<SpokenTurn>> TalkAsync(ServerProcess server)
    {
        await using var client = await BenchClient.ConnectAsync(server.Voice);
        await client.SendSoundAsync(Sounds.Silence, Sounds.EndOfSpeechFrames);
        var turns = new List<SpokenTurn>();
        for (var turn = 1; turn <= TurnsPerConnection; turn++)
        {
            await client.SendSoundAsync(Sounds.Voice, VoiceFrames);
            await client.SendSoundAsync(Sounds.Silence, Sounds.EndOfSpeechFrames);

            // In any order: events overtake sound, also that of the turn before.
            var left = new HashSet<string> { "agent_response", "speech_end", Arrival.Sound };
            var came = await client.UntilAsync(one => one.Turn == turn && left.Remove(one.Event) && left.Count == 0);
            turns.Add(SpokenTurn.Of(came) ?? throw new InvalidOperationException("An answer had no sound."));
            await client.SendPlayedAsync(came.First(one => one.Event == "speech_end"));
        }

        return turns;
    }
}
