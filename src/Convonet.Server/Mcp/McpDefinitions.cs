using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace Convonet.Server.Mcp;

/// <summary>A tool of an MCP server as the server defines it.</summary>
/// <param name="Name">Its name among all tools: <c>server__tool</c>.</param>
/// <param name="Tool">What the server says of it.</param>
/// <param name="Hash">SHA-256 of that, in hexadecimal.</param>
internal sealed record McpDefinition(string Name, Tool Tool, string Hash);

/// <summary>All tools of an MCP server at one time, and what tells them from any other set.</summary>
/// <param name="Server">The server.</param>
/// <param name="Tools">The tools, by name; of several with one name only the first.</param>
/// <param name="Hash">SHA-256 of all definitions, in hexadecimal, whatever their order.</param>
/// <param name="LeftOut">Names, as the server spells them, of those that have another's name.</param>
internal sealed record McpDefinitions(string Server, IReadOnlyList<McpDefinition> Tools, string Hash, IReadOnlyList<string> LeftOut)
{
    /// <summary>Every provider takes names up to this length.</summary>
    private const int LongestName = 64;

    /// <summary>Reads the definitions.</summary>
    public static McpDefinitions Of(string server, IEnumerable<Tool> tools)
    {
        var all = tools.Select(tool => new McpDefinition(NameOf(server, tool.Name), tool, HashOf(tool)))
            .OrderBy(one => one.Tool.Name, StringComparer.Ordinal).ThenBy(one => one.Hash, StringComparer.Ordinal).ToArray();
        var first = all.DistinctBy(one => one.Name).ToArray();
        return new McpDefinitions(
            server,
            first,
            Convert.ToHexStringLower(SHA256.HashData(all.SelectMany(one => Convert.FromHexString(one.Hash)).ToArray())),
            [.. all.Except(first).Select(one => one.Tool.Name)]);
    }

    private static string NameOf(string server, string tool)
    {
        var name = $"{server}__{string.Concat(tool.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' ? letter : '_'))}";
        return name.Length <= LongestName ? name : name[..LongestName];
    }

    /// <summary>
    /// All that a model reads of a tool, and what decides how it is run. Built from the fields, not from the package's own JSON, so that a new
    /// version of the package does not look like a change.
    /// </summary>
    private static string HashOf(Tool tool)
    {
        var hints = tool.Annotations;
        var definition = JsonSerializer.SerializeToElement(new
        {
            tool.Name,
            tool.Title,
            tool.Description,
            tool.InputSchema,
            tool.OutputSchema,
            Hints = new { hints?.Title, hints?.ReadOnlyHint, hints?.DestructiveHint, hints?.IdempotentHint, hints?.OpenWorldHint },
        });
        var canonical = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(canonical))
        {
            Write(writer, definition);
        }

        return Convert.ToHexStringLower(SHA256.HashData(canonical.WrittenSpan));
    }

    /// <summary>Writes JSON whose properties are in order.</summary>
    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in value.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(property.Name);
                    Write(writer, property.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
