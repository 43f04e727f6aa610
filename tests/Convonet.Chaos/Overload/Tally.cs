using System.Collections.Concurrent;

namespace Convonet.Chaos.Overload;

/// <summary>What became of the messages of one load. Safe for concurrent calls.</summary>
internal sealed class Tally
{
    private int _sent;
    private int _accepted;
    private int _withoutDelay;

    /// <summary>How many were sent.</summary>
    public int Sent => _sent;

    /// <summary>How many were accepted.</summary>
    public int Accepted => _accepted;

    /// <summary>Refusals that do not say when to try again.</summary>
    public int WithoutDelay => _withoutDelay;

    /// <summary>Milliseconds from the message to the end of its turn.</summary>
    public ConcurrentBag<double> Turns { get; } = [];

    /// <summary>Milliseconds from the message to its refusal.</summary>
    public ConcurrentBag<double> Refusals { get; } = [];

    /// <summary>What was accepted and did not complete, or was refused for another reason.</summary>
    public ConcurrentBag<string> Dropped { get; } = [];

    public void Send() => Interlocked.Increment(ref _sent);

    public void Accept() => Interlocked.Increment(ref _accepted);

    public void Refuse(double milliseconds, bool saysWhen)
    {
        Refusals.Add(milliseconds);
        if (!saysWhen)
        {
            Interlocked.Increment(ref _withoutDelay);
        }
    }
}
