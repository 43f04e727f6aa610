using System.Text.Json.Nodes;
using Convonet.Tools;
using Microsoft.Extensions.AI;

namespace Convonet.Models.ChatClient;

/// <summary>Keeps reasoning that its provider signed or encrypted as <see cref="ProviderData"/>, and makes it into reasoning again.</summary>
internal static class ReasoningData
{
    /// <summary>The data of a piece of reasoning.</summary>
    public static ProviderData Save(string provider, string text, string protectedData) =>
        new(provider, new JsonObject { ["text"] = text, ["protectedData"] = protectedData }.ToJsonString());

    /// <summary>The reasoning that <see cref="Save"/> kept.</summary>
    public static TextReasoningContent Load(ProviderData data)
    {
        var saved = JsonNode.Parse(data.Json);
        return new TextReasoningContent((string?)saved?["text"]) { ProtectedData = (string?)saved?["protectedData"] };
    }
}
