namespace Convonet.Voice;

/// <summary>What is said in a turn while nothing of its answer can be: that something happens, or that the user is asked.</summary>
public sealed partial class VoiceSession
{
    /// <summary>How long a tool may run before the user is told that something happens.</summary>
    private static readonly TimeSpan FillerAfter = TimeSpan.FromSeconds(1.5);

    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private ITimer? _fillerTimer;
    private bool _hasFilled;
    private bool _hasAsked;
    private int _toolsAtWork;

    private void BeginFilling()
    {
        (_hasFilled, _hasAsked, _toolsAtWork) = (false, false, 0);
        _asked.Clear();
        StopFillerTimer();
    }

    private void BeginTool(Speaker speaker)
    {
        _toolsAtWork++;
        FillLater(speaker);
    }

    /// <summary>A call waits for the user, who is not told to wait for it.</summary>
    private void Ask(Speaker speaker, string callId)
    {
        _asked.Add(callId);
        StopFillerTimer();
        if (!_hasAsked)
        {
            _hasAsked = true;
            speaker.Interject(FixedPhrases.Confirm);
        }
    }

    /// <summary>A call runs: the user, who may have been asked in another window, has allowed it.</summary>
    private void Run(Speaker speaker, string callId)
    {
        if (_asked.Remove(callId))
        {
            FillLater(speaker);
        }
    }

    private void EndTool(Speaker speaker, string callId)
    {
        _toolsAtWork--;
        if (_toolsAtWork <= 0)
        {
            StopFillerTimer();
        }
        else if (_asked.Remove(callId))
        {
            FillLater(speaker);
        }
    }

    private void FillLater(Speaker speaker)
    {
        if (_asked.Count == 0 && _toolsAtWork > 0)
        {
            _fillerTimer ??= _time.CreateTimer(_ => Post(new VoiceInput.Silent(speaker)), null, FillerAfter, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Says, once a turn, that something happens.</summary>
    private void Fill(Speaker speaker)
    {
        if (ReferenceEquals(speaker, _speaker) && !_hasFilled && _asked.Count == 0)
        {
            _hasFilled = true;
            speaker.Interject(FixedPhrases.Filler);
        }
    }

    private void StopFillerTimer()
    {
        _fillerTimer?.Dispose();
        _fillerTimer = null;
    }
}
