using System.Numerics;
using Convonet.Telemetry;

namespace Convonet.Models.Health;

/// <summary>One model's circuit breaker, and how long it takes to answer. Safe for several threads.</summary>
/// <remarks>
/// It opens at the first failure that no answer to another call stands against, when half of the last calls failed, or when the provider says how long to stay away.
/// Open it only makes others be asked first: where there is no other, the model is asked all the same. After the break one call is let through, as a turn's attempt or its rival.
/// </remarks>
public sealed class ModelHealth
{
    /// <summary>An answer this short ago makes a failure that of one call. On a busy server there always is one, unless the provider is down.</summary>
    private static readonly TimeSpan Recently = TimeSpan.FromSeconds(1);

    /// <summary>How many of the last calls are looked at.</summary>
    private const int Looked = 20;

    private readonly Lock _lock = new();
    private readonly BreakerOptions _options;
    private readonly TimeProvider _time;
    private readonly ResponseTimes _times = new();
    private readonly KeyValuePair<string, object?>[] _tags;
    private bool _isOpen;
    private bool _isProbed;
    private int _era;
    private int _breaks;
    private uint _failures;
    private DateTimeOffset _since; // for people; what is counted is counted in timestamps, which nobody sets
    private long _opened;
    private TimeSpan _break;
    private (HealthReport By, long At)? _answered;
    private long? _answeredBefore; // that, by another call

    internal ModelHealth(string provider, string model, BreakerOptions options, TimeProvider time)
    {
        (_options, _time, _since) = (options, time, time.GetUtcNow());
        _tags = [new("convonet.provider", provider), new("gen_ai.request.model", model)];
    }

    /// <summary>Whether it is asked.</summary>
    public BreakerState State
    {
        get
        {
            lock (_lock)
            {
                return !_isOpen ? BreakerState.Closed : Left > TimeSpan.Zero ? BreakerState.Open : BreakerState.HalfOpen;
            }
        }
    }

    /// <summary>Since when it is asked, or is not.</summary>
    public DateTimeOffset Since
    {
        get
        {
            lock (_lock)
            {
                return _since;
            }
        }
    }

    /// <summary>When a turn tries it again; null while it is asked.</summary>
    public DateTimeOffset? ProbeAt
    {
        get
        {
            lock (_lock)
            {
                return _isOpen ? _time.GetUtcNow() + Left : null;
            }
        }
    }

    /// <summary>The time to the first content that nine of ten calls did not exceed; null until ten were seen.</summary>
    public TimeSpan? FirstContentP90
    {
        get
        {
            lock (_lock)
            {
                return _times.P90;
            }
        }
    }

    /// <summary>Whether a call may be made while another model could be asked: not while it is open, or somebody else's call finds out.</summary>
    internal bool MayBegin
    {
        get
        {
            lock (_lock)
            {
                return !_isOpen || MayProbe;
            }
        }
    }

    private bool MayProbe => !_isProbed && Left <= TimeSpan.Zero;

    /// <summary>Of the break; below zero when it is over.</summary>
    private TimeSpan Left => _break - _time.GetElapsedTime(_opened);

    /// <summary>Begins a call, if one may be made.</summary>
    internal HealthReport? TryBegin()
    {
        lock (_lock)
        {
            return !_isOpen || MayProbe ? BeginCall() : null;
        }
    }

    /// <summary>Begins a call although none should be made: there is nothing else to ask.</summary>
    internal HealthReport Begin()
    {
        lock (_lock)
        {
            return BeginCall();
        }
    }

    internal void Answered(HealthReport by, TimeSpan time)
    {
        lock (_lock)
        {
            _times.Add(time);
            _answeredBefore = _answered?.At;
            _answered = (by, _time.GetTimestamp());
            _failures <<= 1;
            if (_isOpen && by.Era == _era)
            {
                (_isOpen, _breaks, _failures, _since) = (false, 0, 0, _time.GetUtcNow());
                ConvonetTelemetry.OpenBreakers.Add(-1, _tags);
            }
        }
    }

    internal void Waited(TimeSpan time)
    {
        lock (_lock)
        {
            _times.Add(time);
        }
    }

    internal void Failed(HealthReport by, TimeSpan? retryAfter)
    {
        lock (_lock)
        {
            // One that had begun to answer is one failure, and no answer.
            _failures = by.HasAnswered ? _failures | 1 : (_failures << 1) | 1;
            if (_options.Break == TimeSpan.Zero || by.Era != _era)
            {
                // A call that began before it opened says nothing new.
                return;
            }

            var other = _answered is { } last && last.By == by ? _answeredBefore : _answered?.At;
            var isAlone = other is { } answered && _time.GetElapsedTime(answered) < Recently && BitOperations.PopCount(_failures & ((1u << Looked) - 1)) * 2 < Looked;
            if (_isOpen || retryAfter is not null || !isAlone)
            {
                Open(retryAfter);
            }
        }
    }

    internal void ProbeEnded()
    {
        lock (_lock)
        {
            _isProbed = false;
        }
    }

    private HealthReport BeginCall()
    {
        var isProbe = _isOpen && MayProbe;
        _isProbed |= isProbe;
        return new HealthReport(this, _era, isProbe);
    }

    private void Open(TimeSpan? retryAfter)
    {
        var wait = retryAfter ?? _options.Break * Math.Pow(2, Math.Min(_breaks, 16));
        (_opened, _break) = (_time.GetTimestamp(), wait < _options.MaxBreak ? wait : _options.MaxBreak);
        _era++;
        _breaks++;
        if (!_isOpen)
        {
            (_isOpen, _since) = (true, _time.GetUtcNow());
            ConvonetTelemetry.OpenBreakers.Add(1, _tags);
            ConvonetTelemetry.BreakerOpenings.Add(1, _tags);
        }
    }
}
