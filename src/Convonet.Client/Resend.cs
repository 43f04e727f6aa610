namespace Convonet.Client;

/// <summary>When what the server has not taken is sent again: one timer, for whatever comes first. Its owner's lock guards it.</summary>
internal sealed class Resend(TimeProvider time, Func<double> random) : IDisposable
{
    // Between them a server may name the time.
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(1);

    private readonly BackOff _backOff = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), random);
    private ITimer? _timer;
    private int _plan;

    /// <summary>Whether messages are held back because the server refused one for now: those behind it wait with it, so that they keep their order.</summary>
    public bool Holds { get; private set; }

    /// <summary>Runs it after that time, in place of what was planned; what is held back stays so.</summary>
    /// <param name="wait">How long.</param>
    /// <param name="run">Gets the number of the plan; <see cref="IsDue"/> says whether it still counts.</param>
    public void After(TimeSpan wait, Action<int> run)
    {
        if (!Holds)
        {
            Plan(wait, run);
        }
    }

    /// <summary>Holds messages back until the time that the server named, or else for longer each time. Refusals that come together are one.</summary>
    public void Hold(long? retryAfterMs, Action<int> run)
    {
        if (Holds)
        {
            return;
        }

        Plan(retryAfterMs is { } ms ? TimeSpan.FromMilliseconds(Math.Clamp(ms, Least.TotalMilliseconds, Most.TotalMilliseconds)) : _backOff.Next(), run);
        Holds = true;
    }

    /// <summary>Whether what was planned under this number is still to be done; it is done with that.</summary>
    public bool IsDue(int plan)
    {
        if (plan != _plan)
        {
            return false;
        }

        Clear();
        return true;
    }

    /// <summary>A message was taken: the next refusal is a first one again.</summary>
    public void Succeeded(bool isMoreToSend)
    {
        _backOff.Reset();
        if (!isMoreToSend)
        {
            Release();
        }
    }

    /// <summary>Nothing is left to be held back.</summary>
    public void Release()
    {
        if (Holds)
        {
            Clear();
        }
    }

    /// <summary>Nothing is planned any more.</summary>
    public void Clear()
    {
        _plan++;
        Holds = false;
        _timer?.Dispose();
        _timer = null;
    }

    public void Dispose() => Clear();

    private void Plan(TimeSpan wait, Action<int> run)
    {
        Clear();
        var plan = _plan;
        _timer = time.CreateTimer(_ => run(plan), null, wait, Timeout.InfiniteTimeSpan);
    }
}
