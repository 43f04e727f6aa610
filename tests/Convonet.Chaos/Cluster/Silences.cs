using System.Diagnostics;

namespace Convonet.Chaos.Cluster;

/// <summary>How long a client waits between two signs of an answer, where a node went in between and the client had not hung up itself: in milliseconds, each kind apart.</summary>
/// <param name="tell">Told of one that was long.</param>
internal sealed class Silences(Action<double> tell)
{
    /// <summary>One that took longer is told of.</summary>
    private const double LongMs = 3000;

    private long _heardAt;
    private bool _isMoved;
    private bool _isLineLost;
    private bool _wasAway;

    /// <summary>Those in which the conversation got another owner.</summary>
    public List<double> OfOwners { get; } = [];

    /// <summary>Those in which the client's line broke, and the owner stayed.</summary>
    public List<double> OfLines { get; } = [];

    public void Begin() => _heardAt = Stopwatch.GetTimestamp();

    public void OwnerMoved(bool isMoved) => _isMoved = isMoved;

    /// <summary>In the middle of an answer.</summary>
    public void LineLost() => _isLineLost = true;

    /// <summary>By itself.</summary>
    public void HangsUp() => _wasAway = true;

    /// <summary>A sign of the answer.</summary>
    public void Heard()
    {
        if ((_isMoved || _isLineLost) && !_wasAway)
        {
            var silence = Stopwatch.GetElapsedTime(_heardAt).TotalMilliseconds;
            (_isMoved ? OfOwners : OfLines).Add(silence);
            if (silence > LongMs)
            {
                tell(silence);
            }
        }

        (_isMoved, _isLineLost, _wasAway, _heardAt) = (false, false, false, Stopwatch.GetTimestamp());
    }
}
