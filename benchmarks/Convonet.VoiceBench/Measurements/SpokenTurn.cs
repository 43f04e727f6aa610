using Convonet.Bench;
using Convonet.VoiceBench.Client;

namespace Convonet.VoiceBench.Measurements;

/// <summary>When a client got what belongs to one spoken turn, in milliseconds since its last transcript.</summary>
internal sealed record SpokenTurn(double Accepted, double FirstSound)
{
    /// <summary>Reads it from what came; null where the answer had no sound.</summary>
    public static SpokenTurn? Of(IReadOnlyCollection<Arrival> came)
    {
        var accepted = came.FirstOrDefault(one => one.Event == "accepted");
        var sound = came.FirstOrDefault(one => one.Event == Arrival.Sound && one.Turn == accepted?.Turn);
        if (accepted is null || sound is null)
        {
            return null;
        }

        var transcript = SpokenStamp.Read(accepted["text"]);
        return new SpokenTurn(accepted.Since(transcript), sound.Since(transcript));
    }
}
