namespace Convonet.Server.Cluster;

/// <summary>
/// Tells owners that a node goes. With it the cluster may lose where owners are that live, and ends those activations; one that still keeps an answer back cannot end, and all who look for its
/// conversation wait with it.
/// </summary>
internal sealed class MembershipChanges : ISiloStatusListener
{
    /// <summary>Longer than it takes until all of that is done.</summary>
    private static readonly TimeSpan Settles = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private TaskCompletionSource _next = New();
    private long _last;

    public MembershipChanges(ISiloStatusOracle silos, TimeProvider time)
    {
        (_time, _last) = (time, time.GetTimestamp() - (long)(Settles.TotalSeconds * time.TimestampFrequency));
        silos.SubscribeToSiloStatusEvents(this);
    }

    /// <summary>Done when the next node goes.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Whether a node has gone a moment ago.</summary>
    public bool AreRecent => _time.GetElapsedTime(Volatile.Read(ref _last)) < Settles;

    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (status is SiloStatus.ShuttingDown or SiloStatus.Stopping or SiloStatus.Dead)
        {
            Volatile.Write(ref _last, _time.GetTimestamp());
            Interlocked.Exchange(ref _next, New()).TrySetResult();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
