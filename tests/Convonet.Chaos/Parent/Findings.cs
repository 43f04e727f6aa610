namespace Convonet.Chaos.Parent;

/// <summary>What the checker found. Safe for concurrent calls.</summary>
internal sealed class Findings
{
    private const int Shown = 20;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, int> _wrong = new(StringComparer.Ordinal) { ["duplicated"] = 0, ["lost"] = 0 };
    private readonly List<string> _examples = [];
    private readonly List<string> _facts = [];
    private readonly List<string> _missed = [];

    public bool IsClean => _wrong.Values.All(count => count == 0);

    public void Fact(string line) => _facts.Add(line);

    /// <summary>Something is wrong.</summary>
    public void Add(string kind, string what, int count = 1)
    {
        lock (_lock)
        {
            _wrong[kind] = _wrong.GetValueOrDefault(kind) + count;
            _examples.Add($"{kind}: {what}");
        }
    }

    /// <summary>Something that must be there once.</summary>
    public void Once(string what, int found, int expected = 1)
    {
        if (found > expected)
        {
            Add("duplicated", $"{what}: {found}, not {expected}", found - expected);
        }
        else if (found < expected)
        {
            Add("lost", $"{what}: {found}, not {expected}", expected - found);
        }
    }

    /// <summary>Something that must hold.</summary>
    public void Holds(bool condition, string kind, string what)
    {
        if (!condition)
        {
            Add(kind, what);
        }
    }

    /// <summary>A figure that is a target, which other work on the machine can spoil.</summary>
    public void Reaches(bool condition, string what)
    {
        if (!condition)
        {
            _missed.Add(what);
        }
    }

    /// <summary>Prints all of it, and the verdict.</summary>
    /// <returns>The exit code: 1 where something is wrong, 2 where only a target was missed.</returns>
    public int Conclude()
    {
        Print();
        _missed.ForEach(static what => Console.WriteLine($"missed       {what}"));
        Console.WriteLine(!IsClean ? "FAILED" : _missed.Count > 0 ? "MISSED" : "PASSED");
        return !IsClean ? 1 : _missed.Count > 0 ? 2 : 0;
    }

    public void Print()
    {
        _facts.ForEach(Console.WriteLine);
        Console.WriteLine($"wrong        {string.Join(", ", _wrong.Select(one => $"{one.Key} {one.Value}"))}");
        foreach (var example in _examples.Take(Shown))
        {
            Console.WriteLine($"  {example}");
        }
    }
}
