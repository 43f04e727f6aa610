using Microsoft.Extensions.Logging;

namespace Convonet.Tests.Fakes;

/// <summary>A logger that keeps its lines.</summary>
public sealed class ListLogger<T> : ILogger<T>
{
    /// <summary>The lines, in order.</summary>
    public List<(LogLevel Level, string Text)> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Add((logLevel, formatter(state, exception)));
}
