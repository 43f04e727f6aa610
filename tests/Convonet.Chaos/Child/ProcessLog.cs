using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Convonet.Chaos.Child;

/// <summary>What a process did, line by line in a file of its own: once written a line is there, whatever becomes of the process.</summary>
internal sealed class ProcessLog(string path) : ILoggerProvider, ILogger
{
    private readonly FileStream _file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
    private readonly Lock _lock = new();

    /// <summary>Writes a line: kind, moment in UTC ticks, text.</summary>
    public void Write(string kind, string text)
    {
        lock (_lock)
        {
            _file.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{kind}\t{DateTime.UtcNow.Ticks}\t{text.ReplaceLineEndings(" ")}\n")));
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            Write("log", $"{logLevel}: {formatter(state, exception)} {exception}");
        }
    }

    public void Dispose() => _file.Dispose();
}
