using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Convonet.Tests.Fakes;

/// <summary>A logger that keeps its lines.</summary>
public sealed class ListLogger<T> : ILogger<T>
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text, Dictionary<string, object?> Fields)> _lines = new();

    /// <summary>The lines with their fields, in order.</summary>
    public IReadOnlyCollection<(LogLevel Level, string Text, Dictionary<string, object?> Fields)> Lines => _lines;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((logLevel, formatter(state, exception), state is IEnumerable<KeyValuePair<string, object?>> fields ? new(fields) : []));
}
