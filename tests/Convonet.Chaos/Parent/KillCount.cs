namespace Convonet.Chaos.Parent;

/// <summary>Counts the faults that really happened.</summary>
internal sealed class KillCount
{
    private readonly SortedDictionary<string, int> _points = new(StringComparer.Ordinal);
    private int _moments;
    private int _superseded;

    public void AtMoment() => _moments++;

    public void Superseded() => _superseded++;

    public void AtPoint(string name) => _points[name] = _points.GetValueOrDefault(name) + 1;

    public void Print()
    {
        var atPoints = _points.Values.Sum();
        Console.WriteLine($"killed       {_moments + _superseded + atPoints}: {_moments} at random moments, {_superseded} after their successor had taken over, {atPoints} at fail-points");
        Console.WriteLine($"fail-points  {string.Join(", ", _points.Select(point => $"{point.Key} {point.Value}"))}");
    }
}
