using Microsoft.Extensions.AI;

namespace Convonet.Tools;

/// <summary>What a tool acts on, which decides what may be done about a call of which nobody knows whether it ran.</summary>
public enum ToolEffect
{
    /// <summary>
    /// Something outside the store, or unknown. It is started at most once; after a crash its outcome is unknown and is shown as such, and of a call that was stopped,
    /// ran out of time or broke after it began the model is told so too.
    /// </summary>
    Outside,

    /// <summary>The store only, by the <see cref="ToolCommit"/> that it returns: exactly once.</summary>
    Store,

    /// <summary>Nothing: it reads. It may be run again.</summary>
    None,
}

/// <summary>What Convonet has to know of a tool beyond its schema.</summary>
public sealed record ToolTraits
{
    private const string Property = "convonet.traits";

    /// <summary>Traits of a tool that says nothing of itself: it may do anything outside the store.</summary>
    public static readonly ToolTraits Unknown = new();

    /// <summary>What it acts on.</summary>
    public ToolEffect Effect { get; init; }

    /// <summary>
    /// Whether the same call twice in one turn returns what the first one returned. For tools that create something: models repeat themselves.
    /// </summary>
    public bool OncePerTurn { get; init; }

    /// <summary>Whose words its result may hold, for example <c>the user's todo list</c>; the model is told that they are data. Null when they are ours.</summary>
    public string? Source { get; init; }

    /// <summary>The traits of a tool.</summary>
    public static ToolTraits Of(AITool tool) =>
        tool.AdditionalProperties.TryGetValue(Property, out var traits) && traits is ToolTraits found ? found : Unknown;

    /// <summary>A tool with these traits.</summary>
    public AIFunction On(AIFunction tool) => new Described(tool, this);

    /// <summary>The properties that carry the traits.</summary>
    internal IReadOnlyDictionary<string, object?> ToProperties() => new Dictionary<string, object?> { [Property] = this };

    private sealed class Described(AIFunction tool, ToolTraits traits) : DelegatingAIFunction(tool)
    {
        public override IReadOnlyDictionary<string, object?> AdditionalProperties { get; } =
            new Dictionary<string, object?>(tool.AdditionalProperties) { [Property] = traits };
    }
}
