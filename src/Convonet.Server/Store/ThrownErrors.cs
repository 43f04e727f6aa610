using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Convonet.Server.Store;

/// <summary>
/// Everything that has been thrown in this process since it was made, whoever caught it; for a fail-point that lets the process die of it. What a process prints that dies of an exception is that
/// exception, so one that has all others in it shows whether any of them tells what it must not.
/// </summary>
internal sealed class ThrownErrors
{
    /// <summary>The newest that are kept.</summary>
    private const int Kept = 1_000;

    private readonly ConcurrentQueue<Exception> _errors = new();

    public ThrownErrors() => AppDomain.CurrentDomain.FirstChanceException += Add;

    /// <summary>All of them as one.</summary>
    public AggregateException Together(string place)
    {
        AppDomain.CurrentDomain.FirstChanceException -= Add;
        return new AggregateException($"Fail-point {place}.", _errors.Distinct());
    }

    private void Add(object? sender, FirstChanceExceptionEventArgs thrown)
    {
        _errors.Enqueue(thrown.Exception);
        if (_errors.Count > Kept)
        {
            _errors.TryDequeue(out _);
        }
    }
}
