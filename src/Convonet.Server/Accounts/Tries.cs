namespace Convonet.Server.Accounts;

/// <summary>Lets each key try so many times within a stretch of time, on this node.</summary>
/// <param name="most">How many times.</param>
/// <param name="window">Within which time.</param>
/// <param name="time">The clock.</param>
internal sealed class Tries(int most, TimeSpan window, TimeProvider time)
{
    /// <summary>Keys may be what strangers make up; when there are too many of them at once, new ones wait.</summary>
    private const int MostKeys = 100_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<long>> _tries = new(StringComparer.Ordinal);
    private long _swept = time.GetTimestamp();

    /// <summary>Takes a try of each of these keys, or, where one has none left, of none of them.</summary>
    /// <remarks>It is taken before the answer is known, so that tries side by side are no more tries.</remarks>
    public bool TryTake(params ReadOnlySpan<string> keys)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            Sweep(now);
            foreach (var key in keys)
            {
                if (_tries.TryGetValue(key, out var made) ? Left(made, now) == 0 : _tries.Count + keys.Length > MostKeys)
                {
                    return false;
                }
            }

            foreach (var key in keys)
            {
                (_tries.TryGetValue(key, out var made) ? made : _tries[key] = []).Enqueue(now);
            }

            return true;
        }
    }

    /// <summary>Begins anew for a key, after a success.</summary>
    public void Forget(string key)
    {
        lock (_lock)
        {
            _tries.Remove(key);
        }
    }

    private int Left(Queue<long> made, long now)
    {
        while (made.TryPeek(out var oldest) && time.GetElapsedTime(oldest, now) >= window)
        {
            made.Dequeue();
        }

        return most - made.Count;
    }

    /// <summary>Lets go of keys that were not used for a while.</summary>
    private void Sweep(long now)
    {
        if (time.GetElapsedTime(_swept, now) < window)
        {
            return;
        }

        _swept = now;
        foreach (var (key, made) in _tries)
        {
            if (Left(made, now) == most)
            {
                _tries.Remove(key);
            }
        }
    }
}
