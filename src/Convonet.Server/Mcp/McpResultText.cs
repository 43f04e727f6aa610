using System.Text;
using System.Text.Json;
using Convonet.Tools;
using ModelContextProtocol.Protocol;

namespace Convonet.Server.Mcp;

/// <summary>Turns what an MCP tool returned into text for the model and data for the page.</summary>
internal static class McpResultText
{
    /// <summary>In characters of JSON: more is nothing for a card on the page.</summary>
    private const int LongestData = 64 * 1024;

    /// <summary>In characters: an error is a sentence or two.</summary>
    private const int LongestError = 800;

    /// <summary>The answer of a call that succeeded.</summary>
    public static ToolAnswer AnswerOf(CallToolResult result)
    {
        var text = TextOf(result.Content);
        var structured = result.StructuredContent?.GetRawText();
        return new ToolAnswer(
            text.Length > 0 ? text : structured ?? "Done.",
            structured is { Length: <= LongestData } && result.StructuredContent!.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? result.StructuredContent : null);
    }

    /// <summary>What a server says went wrong. Quoted, because an error is not marked as somebody else's words the way a result is.</summary>
    public static ToolException ErrorOf(string server, string said)
    {
        var cut = said.Length <= LongestError ? said : said[..(char.IsHighSurrogate(said[LongestError - 1]) ? LongestError - 1 : LongestError)] + "…";
        return new ToolException($"The MCP server {server} reports an error, in its own words: {JsonSerializer.Serialize(cut)}");
    }

    /// <summary>The text of a result; what is no text is named.</summary>
    public static string TextOf(IEnumerable<ContentBlock> content)
    {
        var text = new StringBuilder();
        foreach (var block in content)
        {
            text.Append(text.Length == 0 ? "" : "\n").Append(block switch
            {
                TextContentBlock words => words.Text,
                EmbeddedResourceBlock { Resource: TextResourceContents resource } => resource.Text,
                EmbeddedResourceBlock { Resource: BlobResourceContents resource } => Note("file", resource.MimeType, resource.DecodedData.Length),
                ImageContentBlock image => Note("image", image.MimeType, image.DecodedData.Length),
                AudioContentBlock audio => Note("sound", audio.MimeType, audio.DecodedData.Length),
                ResourceLinkBlock link => $"[link to {link.Name}: {link.Uri}]",
                _ => $"[{block.Type}: cannot be shown]",
            });
        }

        return text.ToString();
    }

    private static string Note(string what, string? type, int bytes) => $"[{what}, {type ?? "unknown type"}, {bytes} bytes: cannot be shown]";
}
