using System.Globalization;

namespace Convonet.Chaos;

/// <summary>A campaign's command line: names with a value each, <c>--turns 2000</c>.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">It is not like that.</exception>
    public Arguments(string[] args, params string[] names)
    {
        for (var index = 0; index < args.Length; index += 2)
        {
            if (!args[index].StartsWith("--", StringComparison.Ordinal) || !names.Contains(args[index][2..]) || index + 1 == args.Length)
            {
                throw new ArgumentException($"Options: {string.Join(", ", names.Select(name => $"--{name} VALUE"))}.", nameof(args));
            }

            _values[args[index][2..]] = args[index + 1];
        }
    }

    /// <summary>A number that is not negative.</summary>
    public int Number(string name, int otherwise) => _values.TryGetValue(name, out var value) ? int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>Any text.</summary>
    public string Text(string name, string otherwise) => _values.GetValueOrDefault(name, otherwise);
}
