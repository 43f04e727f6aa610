namespace Convonet.Models.Health;

/// <summary>What one call tells of its model's health. Disposed without a word (the user stopped it, another was faster) it tells nothing, and another may be the probe.</summary>
internal sealed class HealthReport(ModelHealth health, int era, bool isProbe) : IDisposable
{
    private int _probes = isProbe ? 1 : 0;

    /// <summary>How often the breaker had opened when the call began: an older call says nothing of what came after.</summary>
    public int Era => era;

    /// <summary>Whether it finds out if the model works again.</summary>
    public bool IsProbe => isProbe;

    /// <summary>Whether its first content came.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>The first content came.</summary>
    public void Answered(TimeSpan time)
    {
        EndProbe();
        HasAnswered = true;
        health.Answered(this, time);
    }

    /// <summary>The model was silent for its limit.</summary>
    /// <param name="waited">How long its first content had been waited for; null when that had come.</param>
    public void Stalled(TimeSpan? waited)
    {
        EndProbe();
        if (waited is { } time)
        {
            health.Waited(time);
        }

        health.Failed(this, null);
    }

    /// <summary>The call failed. What is the request's fault, or ours, says nothing of the provider.</summary>
    public void Failed(Exception error)
    {
        if (error is ModelException { Kind: not ModelErrorKind.InvalidRequest } known)
        {
            EndProbe();
            health.Failed(this, known.RetryAfter);
        }
    }

    /// <summary>Another was faster, or the turn's time was up. That the model had not answered until then counts as the time it took, or only its quick calls would be counted.</summary>
    public void Lost(TimeSpan waited) => health.Waited(waited);

    /// <inheritdoc/>
    public void Dispose() => EndProbe();

    private void EndProbe()
    {
        if (Interlocked.Exchange(ref _probes, 0) == 1)
        {
            health.ProbeEnded();
        }
    }
}
