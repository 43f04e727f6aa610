namespace Convonet.VoiceBench.Report;

/// <summary>Prints figures as a Markdown table, and how busy the machine was: on a busy one the server waits for a processor, which is none of its doing.</summary>
internal static class Table
{
    /// <summary>Prints the heading.</summary>
    public static void Begin()
    {
        Console.WriteLine($"{Environment.ProcessorCount} processors, load average {Load()} before\n");
        Console.WriteLine(Figure.Heading);
    }

    /// <summary>Prints lines.</summary>
    public static void Add(IEnumerable<Figure> figures)
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
