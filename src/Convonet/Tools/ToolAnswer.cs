namespace Convonet.Tools;

/// <summary>What a tool returns when models and clients should get different things.</summary>
/// <param name="Text">Short text for the model.</param>
/// <param name="Data">For clients: an object or an array, written as JSON; null for none.</param>
public sealed record ToolAnswer(string Text, object? Data = null);
