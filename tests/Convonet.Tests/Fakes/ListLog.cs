using Microsoft.Extensions.Logging;

namespace Convonet.Tests.Fakes;

/// <summary>Keeps what is logged.</summary>
internal sealed class ListLog : ILoggerProvider, ILogger
{
    private readonly List<(LogLevel Level, string Text)> _lines = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The lines of this level and above.</summary>
    public IReadOnlyList<string> Lines(LogLevel from = LogLevel.Information)
    {
        lock (_lines)
        {
            return [.. _lines.Where(line => line.Level >= from).Select(line => line.Text)];
        }
    }

    /// <summary>Waits until a line with this text is there.</summary>
    public async Task WaitForAsync(string text)
    {
        while (true)
        {
            Task more;
            lock (_lines)
            {
                if (_lines.Any(line => line.Text.Contains(text, StringComparison.Ordinal)))
                {
                    return;
                }

                more = _more.Task;
            }

            await more.WaitAsync(TestServer.Patience, TestContext.Current.CancellationToken);
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lines)
        {
            _lines.Add((logLevel, formatter(state, exception) + (exception is null ? "" : $" {exception}")));
            _more.SetResult();
            _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Dispose()
    {
    }
}
