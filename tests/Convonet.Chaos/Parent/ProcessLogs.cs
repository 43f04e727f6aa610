using System.Globalization;

namespace Convonet.Chaos.Parent;

/// <summary>A line of a process's log.</summary>
internal sealed record LogLine(int Process, string Kind, DateTime At, string Text);

/// <summary>What all processes wrote down.</summary>
internal sealed class ProcessLogs
{
    private readonly ILookup<string, LogLine> _lines;
    private readonly (int Process, DateTime At)[] _starts;

    private ProcessLogs(IReadOnlyList<LogLine> lines)
    {
        _lines = lines.ToLookup(line => line.Kind);
        _starts = [.. _lines["go"].Select(line => (line.Process, line.At))];
    }

    /// <summary>The lines of one kind.</summary>
    public IEnumerable<LogLine> Of(string kind) => _lines[kind];

    /// <summary>Whether the line's process had been superseded when it wrote it: it may still ask, but nothing comes of it.</summary>
    public bool IsLate(LogLine line) => _starts.Any(start => start.Process > line.Process && start.At <= line.At);

    /// <summary>Whether the process was told afterwards that the turn is another one's: its question led to nothing.</summary>
    public bool IsRefused(LogLine line, string turn) =>
        Of("log").Any(log => log.Process == line.Process && log.At >= line.At && log.Text.Contains($"({turn}) was taken over", StringComparison.OrdinalIgnoreCase));

    public static ProcessLogs Read(ChaosDatabase database, int processes) =>
        new([.. Enumerable.Range(1, processes).SelectMany(process => Read(process, ChildLine.LogOf(database, process)))]);

    /// <summary>A process may have died within its last line.</summary>
    private static IEnumerable<LogLine> Read(int process, string path) =>
        from line in File.Exists(path) ? File.ReadAllText(path).Split('\n').SkipLast(1) : []
        let parts = line.Split('\t', 3)
        select new LogLine(process, parts[0], new DateTime(long.Parse(parts[1], CultureInfo.InvariantCulture), DateTimeKind.Utc), parts[2]);
}
