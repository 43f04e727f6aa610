using Microsoft.Extensions.AI;

namespace Convonet.Models;

/// <summary>What a model is asked for one step of a turn.</summary>
/// <param name="StepId">Names the step within its conversation, for example <c>call_12_0</c>; the ids of its tool calls derive from it.</param>
/// <param name="SystemPrompt">Instructions that come before the conversation; empty for none.</param>
/// <param name="History">The whole conversation, oldest first. Every call in it has exactly one result, in call order.</param>
/// <param name="Tools">The tools that the model may ask for.</param>
/// <param name="ToolChoice">Whether the model may ask for tools in this step.</param>
public sealed record ModelRequest(
    string StepId,
    string SystemPrompt,
    IReadOnlyList<HistoryItem> History,
    IReadOnlyList<AIFunctionDeclaration> Tools,
    ToolChoice ToolChoice = ToolChoice.Auto)
{
    /// <summary>
    /// What is different in each turn, such as the time: one line. It stands as late as the provider allows, beside the newest message of the user, so that what comes
    /// before it is the same bytes in each turn, and the provider need not read it again. Empty for none.
    /// </summary>
    public string Moment { get; init; } = "";

    /// <summary>Id of the user whom it serves; a provider is told at most a hash of it, by which its prompt cache finds what is alike. Empty for nobody's.</summary>
    public string User { get; init; } = "";

    /// <summary>Its size, its tools' descriptions and schemas included, in quarters of a token.</summary>
    internal long Quarters => TokenEstimate.QuartersOf(SystemPrompt) + TokenEstimate.QuartersOf(Moment) + History.Sum(static item => item.Quarters)
        + Tools.Sum(static tool => TokenEstimate.QuartersOf(tool.Name) + TokenEstimate.QuartersOf(tool.Description) + TokenEstimate.QuartersOf(tool.JsonSchema.GetRawText()));

    /// <summary>Where in <see cref="History"/> the newest message of the user is; -1 without one.</summary>
    internal int NewestMessage => History.Index().LastOrDefault(static one => one.Item is HistoryItem.UserMessage, (-1, null!)).Index;

    /// <summary>The newest message of the user behind the moment, as one text: for a provider that takes instructions only at the beginning, and perhaps one text a message.</summary>
    internal string BehindMoment(string text) => Moment.Length == 0 ? text : $"{Moment}\n\n{text}";

    /// <summary>
    /// The id of the call with this ordinal (from 0, in the order in which the model began its calls). Ids are ours, so they are
    /// unique and valid for every provider whatever the model sent: letters, digits and <c>_</c>, at most 40 characters.
    /// </summary>
    public string CallId(int ordinal) => $"{StepId}_{ordinal}";
}

/// <summary>Whether a model may ask for tools.</summary>
public enum ToolChoice
{
    /// <summary>The model decides.</summary>
    Auto,

    /// <summary>The model must answer in text; the tools stay declared because the history may name them.</summary>
    None,
}
