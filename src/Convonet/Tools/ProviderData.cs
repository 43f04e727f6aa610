namespace Convonet.Tools;

/// <summary>Data that a provider wants back unchanged with a part of the history, such as a thought signature.</summary>
/// <param name="Provider">The adapter that wrote it and alone may read it, for example <c>gemini</c>.</param>
/// <param name="Json">The data, as JSON text.</param>
public sealed record ProviderData(string Provider, string Json);
