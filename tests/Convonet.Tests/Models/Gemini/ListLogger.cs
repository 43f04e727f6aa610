using Microsoft.Extensions.Logging;

namespace Convonet.Tests.Models.Gemini;

/// <summary>Keeps what is logged, with its fields.</summary>
internal sealed class ListLogger<T> : ILogger<T>
{
    public List<(LogLevel Level, string Text, Dictionary<string, object?> Fields)> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Add((logLevel, formatter(state, exception), state is IEnumerable<KeyValuePair<string, object?>> fields ? new(fields) : []));
}
