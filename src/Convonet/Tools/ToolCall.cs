namespace Convonet.Tools;

/// <summary>A model's request to run a tool.</summary>
/// <param name="Id">Our own id of the call, unique in its conversation.</param>
/// <param name="Name">The tool, as the model named it.</param>
/// <param name="Arguments">The arguments as the model wrote them: JSON text, not yet checked; empty means none.</param>
/// <param name="ProviderData">Opaque data that goes back to the provider with the call.</param>
public sealed record ToolCall(string Id, string Name, string Arguments, ProviderData? ProviderData = null);
