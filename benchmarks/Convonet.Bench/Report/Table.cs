namespace Convonet.Bench.Report;

/// <summary>Prints figures as a Markdown table, and how busy the machine was: on a busy one the server waits for a processor, which is none of its doing.</summary>
internal static class Table
{
    /// <summary>Prints the heading.</summary>
    /// <param name="heading">The heading of the lines; that of figures when null.</param>
    public static void Begin(string? heading = null)
    {
        Console.WriteLine($"{Environment.ProcessorCount} processors, load average {Load()} before\n");
        Console.WriteLine(heading ?? Figure.Heading);
    }

    /// <summary>Prints lines.</summary>
    public static void Add(IEnumerable<object> figures)
    {
        foreach (var figure in figures)
        {
            Console.WriteLine(figure);
        }
    }

    /// <summary>Prints what belongs below.</summary>
    public static void End() => Console.WriteLine($"\nLoad average {Load()} after, this benchmark included.");

    /// <summary>How many threads ran or wanted to, on average of the last minute.</summary>
    private static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];
}
