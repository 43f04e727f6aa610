using System.Globalization;
using System.Text.RegularExpressions;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Architecture;

/// <summary>Documents that say which test shows something: there must be that test.</summary>
public sealed partial class NamedTestsTests
{
    private static readonly Lazy<ILookup<string, string>> Tests = new(() => Directory.EnumerateFiles(Repository.PathOf("tests"), "*Tests.cs", SearchOption.AllDirectories)
        .SelectMany(file => TestMethod().Matches(File.ReadAllText(file)).Select(method => (Class: Path.GetFileNameWithoutExtension(file), Method: method.Groups[1].Value)))
        .ToLookup(test => test.Class, test => test.Method));

    [Theory]
    [InlineData("docs/faults.md", 100)]
    [InlineData("docs/bounds.md", 20)]
    [InlineData("docs/security.md", 40)]
    [InlineData("docs/clients.md", 40)]
    public void Document_EveryTestThatItNames_Exists(string document, int atLeast)
    {
        var named = NamedTest().Matches(File.ReadAllText(Repository.PathOf(document.Split('/')))).Select(name => (Class: name.Groups[1].Value, Method: name.Groups[2].Value, IsPart: name.Groups[3].Length > 0)).ToArray();

        Assert.True(named.Length >= atLeast, $"Only {named.Length} tests are named.");
        Assert.All(named, one => Assert.True(Exists(one.Class, one.Method, one.IsPart), $"There is no test {one.Class}.{one.Method}."));
    }

    /// <summary>Each row of the matrices has its outcome and a test or a campaign, or says why it does not apply.</summary>
    [Fact]
    public void Faults_EveryRow_IsThereWithItsTests()
    {
        var rows = File.ReadLines(Repository.PathOf("docs", "faults.md")).Where(line => FaultRow().IsMatch(line)).Select(line => line.Trim('|').Split(" | ")).ToArray();

        Assert.Equal(
            new[] { ("U", 30), ("C", 20), ("S", 16), ("M", 10) }.SelectMany(one => Enumerable.Range(1, one.Item2).Select(number => $"{one.Item1}{number}")),
            rows.Select(row => row[0].Trim()));
        Assert.All(rows, row => Assert.True(row.Length == 4 && (NamedTest().IsMatch(row[3]) || Campaign().IsMatch(row[3]) || row[2].StartsWith("does not apply", StringComparison.Ordinal)), string.Join(" | ", row)));
    }

    [Theory]
    [InlineData("NamedTestsTests", "NoSuchTest", false, false)]
    [InlineData("NoSuchTests", "", false, false)]
    [InlineData("NamedTestsTests", "Exists_OfNothing_", true, true)]
    [InlineData("NamedTestsTests", "Exists_OfNothing_", false, false)]
    public void Exists_OfNothing_IsFalse(string name, string method, bool isPart, bool exists) => Assert.Equal(exists, Exists(name, method, isPart));

    private static bool Exists(string name, string method, bool isPart) =>
        Tests.Value[name].Any(one => method.Length == 0 || (isPart ? one.StartsWith(method, StringComparison.Ordinal) : one == method));

    [GeneratedRegex(@"(?<![.\w])([A-Z]\w*Tests)(?:\.(\w+)(…)?)?")]
    private static partial Regex NamedTest();

    [GeneratedRegex(@"\[(?:Fact|Theory)[^\]]*\](?:\s*(?:\[.*\](?:\s*//.*)?|//.*))*\s*public (?:async )?(?:static )?(?:Task|void|ValueTask) (\w+)\(")]
    private static partial Regex TestMethod();

    /// <summary>Each threat has what is done about it, and a test, a package's check, or why it does not apply.</summary>
    [Fact]
    public void Threats_EachOne_IsThereWithItsTests()
    {
        var rows = File.ReadLines(Repository.PathOf("docs", "security.md")).Where(line => line.StartsWith("| T", StringComparison.Ordinal)).Select(line => line.Trim('|').Split(" | ")).ToArray();

        Assert.Equal(Enumerable.Range(1, 38), rows.SelectMany(row => row[0].Split(',')).Select(id => int.Parse(id.Trim().AsSpan(1), CultureInfo.InvariantCulture)).Distinct().Order());
        Assert.All(rows, row => Assert.True(row.Length == 4 && row[2].Length > 20 && (NamedTest().IsMatch(row[3]) || row[3].Contains('`', StringComparison.Ordinal) || row[3].Contains("the same", StringComparison.Ordinal)), string.Join(" | ", row)));
    }

    /// <summary>A campaign that a row names has such a row.</summary>
    [Fact]
    public void Faults_EveryCampaignRow_IsThere()
    {
        var campaigns = Campaign().Matches(File.ReadAllText(Repository.PathOf("docs", "faults.md"))).Select(found => (Name: found.Groups[1].Value, Row: found.Groups[2].Value)).Distinct().ToArray();

        Assert.True(campaigns.Length >= 6, $"Only {campaigns.Length} rows are named.");
        Assert.All(campaigns, one => Assert.Contains(
            Directory.EnumerateFiles(Repository.PathOf("tests", "Convonet.Chaos", one.Name == "cluster" ? "Cluster" : "Host"), "*.cs").SelectMany(File.ReadLines),
            line => RowName().Match(line) is { Success: true } name && name.Value.Contains(one.Row, StringComparison.Ordinal)));
    }

    /// <summary>A campaign and its row.</summary>
    [GeneratedRegex("`(host|cluster) --(?:row|only) (\\w+)`")]
    private static partial Regex Campaign();

    /// <summary>Where a row is named in a campaign.</summary>
    [GeneratedRegex("""(yield return \("|HostFault\(|Killed = |Connection = |Stopped = ).*""")]
    private static partial Regex RowName();

    [GeneratedRegex(@"^\| [UCSM]\d+ \|")]
    private static partial Regex FaultRow();
}
