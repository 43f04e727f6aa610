namespace Convonet.Load.Client;

/// <summary>What sessions found, and what the process that they talked to used meanwhile.</summary>
internal sealed class Observed
{
    /// <summary>How long each piece was on its way from the emulator to the client.</summary>
    public List<double> TransitMs { get; } = [];

    /// <summary>From a question to the first piece of its answer.</summary>
    public List<double> FirstMs { get; } = [];

    /// <summary>From a question to the end of its answer.</summary>
    public List<double> TurnMs { get; } = [];

    /// <summary>Frames with text; fewer than pieces where several came together.</summary>
    public long Frames { get; set; }

    /// <summary>Frames with speech.</summary>
    public long SoundFrames { get; set; }

    /// <summary>Questions without an answer.</summary>
    public int Errors { get; set; }

    /// <summary>Processor time of the process.</summary>
    public TimeSpan Processor { get; set; }

    /// <summary>Bytes that the process allocated.</summary>
    public double Allocated { get; set; }

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>Pieces a second, all sessions together.</summary>
    public double Rate => TransitMs.Count / Elapsed.TotalSeconds;

    /// <summary>Processor time of a piece, in microseconds.</summary>
    public double ProcessorOfChunk => Processor.TotalMicroseconds / TransitMs.Count;

    /// <summary>Takes in what another one found.</summary>
    public void Add(Observed other)
    {
        TransitMs.AddRange(other.TransitMs);
        FirstMs.AddRange(other.FirstMs);
        TurnMs.AddRange(other.TurnMs);
        Frames += other.Frames;
        SoundFrames += other.SoundFrames;
        Errors += other.Errors;
        Processor += other.Processor;
        Allocated += other.Allocated;
        Elapsed += other.Elapsed;
    }

    /// <summary>The smallest value that at least this part of all does not exceed; 0 of none.</summary>
    public static double At(List<double> values, double part)
    {
        if (values.Count == 0)
        {
            return 0;
        }

        values.Sort();
        return values[Math.Max(0, (int)Math.Ceiling(part * values.Count) - 1)];
    }
}
