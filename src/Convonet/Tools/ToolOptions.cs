using System.ComponentModel.DataAnnotations;

namespace Convonet.Tools;

/// <summary>Limits of tool calls.</summary>
public sealed class ToolOptions : IValidatableObject
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Convonet:Tools";

    /// <summary>How long one call may run.</summary>
    /// <value>6 s by default; 10 ms to 10 min.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan Limit { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>Other limits for single tools, by name.</summary>
    public Dictionary<string, TimeSpan> Limits { get; } = new(StringComparer.Ordinal);

    /// <summary>How much of a result the model reads; the rest is cut off.</summary>
    /// <value>16,000 characters by default.</value>
    [Range(100, 1_000_000)]
    public int MaxResultLength { get; set; } = 16_000;

    /// <summary>How much structured data of a result clients are sent and the store keeps; a result with more comes with its text only.</summary>
    /// <value>65,536 bytes of JSON by default.</value>
    [Range(100, 10_000_000)]
    public int MaxDataLength { get; set; } = 65_536;

    /// <summary>The longest arguments that a call may have.</summary>
    /// <value>32,768 characters of JSON by default.</value>
    [Range(100, 1_000_000)]
    public int MaxArgumentsLength { get; set; } = 32_768;

    /// <summary>Tools that the user must allow each time, separated by commas; <c>*</c> at the end of a name stands for any ending: <c>mail__*</c>.</summary>
    /// <value>None by default.</value>
    public string Confirm { get; set; } = "";

    /// <summary>As <see cref="Confirm"/>, for turns that were spoken: what is misheard must not delete anything.</summary>
    /// <value><c>delete_*,remove_*</c> by default.</value>
    public string ConfirmInVoice { get; set; } = "delete_*,remove_*";

    /// <summary>How long the user may think about a call that must be allowed; without an answer it is not run. The turn's own time stands still meanwhile.</summary>
    /// <value>30 s by default; 10 ms to 10 min.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan ConfirmLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Limits
        .Where(limit => limit.Value < TimeSpan.FromMilliseconds(10) || limit.Value > TimeSpan.FromMinutes(10))
        .Select(limit => new ValidationResult($"{Section}:{nameof(Limits)}:{limit.Key} must be between 10 ms and 10 min."))
        .Concat(Misnamed(nameof(Confirm), Confirm))
        .Concat(Misnamed(nameof(ConfirmInVoice), ConfirmInVoice));

    /// <summary>What names, or stands for, no tool of these.</summary>
    /// <param name="tools">Names of the tools there are.</param>
    /// <returns>Each option with the name.</returns>
    public IEnumerable<(string Option, string Name)> Unknown(IReadOnlyCollection<string> tools) =>
        Limits.Keys.Select(static name => (Option: $"{Section}:{nameof(Limits)}", Name: name))
            .Concat(Patterns(Confirm).Select(static name => (Option: $"{Section}:{nameof(Confirm)}", Name: name)))
            .Concat(Patterns(ConfirmInVoice).Select(static name => (Option: $"{Section}:{nameof(ConfirmInVoice)}", Name: name)))
            .Where(one => !tools.Any(tool => Fits(one.Name, tool)));

    /// <summary>The limit of the tool with this name.</summary>
    public TimeSpan LimitOf(string tool) => Limits.TryGetValue(tool, out var limit) ? limit : Limit;

    /// <summary>Whether the user has to allow this tool first.</summary>
    /// <param name="tool">Name of the tool.</param>
    /// <param name="voice">Whether the turn was spoken.</param>
    public bool MustConfirm(string tool, bool voice) => Names(Confirm, tool) || (voice && Names(ConfirmInVoice, tool));

    private static string[] Patterns(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>A list that is written otherwise would let run what has to be asked for.</summary>
    private static IEnumerable<ValidationResult> Misnamed(string option, string list) => Patterns(list)
        .Where(static pattern => pattern != "*" && !ToolName.IsValid(pattern.EndsWith('*') ? pattern[..^1] : pattern))
        .Select(pattern => new ValidationResult($"{Section}:{option} has tools' names separated by commas, with '*' at most at the end of one: '{pattern}' is none."));

    private static bool Names(string patterns, string tool) => Patterns(patterns)
        .Any(pattern => Fits(pattern, tool) || (tool.IndexOf("__", StringComparison.Ordinal) is > 0 and var end && Fits(pattern, tool[(end + 2)..])));

    /// <summary>
    /// A guest's tool is meant by its whole name and by its own, however it is spelled: <c>delete_*</c> also stands for <c>files__delete_file</c>,
    /// <c>Delete-file</c> and <c>deleteFile</c>.
    /// </summary>
    private static bool Fits(string pattern, string tool)
    {
        var (wanted, name) = (Plain(pattern.TrimEnd('*')), Plain(tool));
        return pattern.EndsWith('*') ? name.StartsWith(wanted, StringComparison.Ordinal) : name == wanted;
    }

    private static string Plain(string name) => string.Concat(name.Select((letter, place) =>
        letter == '-' ? "_" : char.IsUpper(letter) && place > 0 && char.IsLower(name[place - 1]) ? $"_{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));
}
