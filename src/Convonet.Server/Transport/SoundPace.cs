namespace Convonet.Server.Transport;

/// <summary>Tells sound that comes as fast as people speak from sound of another rate, which comes faster all the time. Not for concurrent use.</summary>
/// <remarks>What a stalled network has kept back comes in a burst, and is no fault: sound that did not come may come later.</remarks>
internal sealed class SoundPace(int bytesPerSecond, TimeProvider time)
{
    private const double MostTimes = 1.3;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan MostLate = TimeSpan.FromSeconds(10);

    private long _began = time.GetTimestamp();
    private double _came;
    private double _late;
    private bool _isTooFast;

    /// <summary>The microphone was turned on: what was before does not count.</summary>
    public void Begin()
    {
        _began = time.GetTimestamp();
        (_came, _late, _isTooFast) = (0, 0, false);
    }

    /// <summary>Counts sound.</summary>
    /// <returns>False while it comes too fast for its rate, as measured over the last few seconds.</returns>
    public bool Take(int bytes)
    {
        var passed = time.GetElapsedTime(_began).TotalSeconds;
        if (passed >= Window.TotalSeconds)
        {
            _isTooFast = _came > (MostTimes * passed) + _late;
            _late = Math.Clamp(_late + passed - _came, 0, MostLate.TotalSeconds);
            (_began, _came) = (time.GetTimestamp(), 0);
        }

        _came += (double)bytes / bytesPerSecond;
        return !_isTooFast;
    }
}
