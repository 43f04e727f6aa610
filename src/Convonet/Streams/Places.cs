namespace Convonet.Streams;

/// <summary>A number of places in the whole process for what costs memory. Whoever finds none is told so, and does not wait.</summary>
/// <param name="most">How many there are.</param>
internal sealed class Places(int most)
{
    private int _taken;

    /// <summary>Takes a place; the caller disposes it.</summary>
    /// <returns>Null when all are taken.</returns>
    public IDisposable? TryEnter()
    {
        if (Interlocked.Increment(ref _taken) <= most)
        {
            return new Place(this);
        }

        Interlocked.Decrement(ref _taken);
        return null;
    }

    private sealed class Place(Places places) : IDisposable
    {
        private int _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0)
            {
                Interlocked.Decrement(ref places._taken);
            }
        }
    }
}
