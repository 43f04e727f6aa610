namespace Convonet.Chaos.Parent;

/// <summary>Counts the faults that really happened.</summary>
internal sealed class KillCount
{
    private readonly SortedDictionary<string, int> _points = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _survived = new(StringComparer.Ordinal);
    private readonly List<string> _missed = [];
    private int _moments;
    private int _superseded;

    public void AtMoment() => _moments++;

    public void Superseded() => _superseded++;

    public void AtPoint(Fate.AtPoint point)
    {
        var counted = point.Act == Fate.AtPoint.Kill ? _points : _survived;
        counted[point.Name] = counted.GetValueOrDefault(point.Name) + 1;
    }

    public void Missed(Fate.AtPoint point) => _missed.Add($"{point}");

    public void Print()
    {
        var atPoints = _points.Values.Sum();
        Console.WriteLine($"killed       {_moments + _superseded + atPoints}: {_moments} at random moments, {_superseded} after their successor had taken over, {atPoints} at fail-points");
        Console.WriteLine($"fail-points  {Join(_points)}");
        Console.WriteLine($"went on      {_survived.Values.Sum()} processes behind a failure or a wait: {Join(_survived)}");
        Console.WriteLine($"not reached  {(_missed.Count == 0 ? "none" : string.Join(", ", _missed))}");
    }

    private static string Join(SortedDictionary<string, int> points) => string.Join(", ", points.Select(point => $"{point.Key} {point.Value}"));
}
