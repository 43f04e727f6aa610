using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Convonet.Tools;

/// <summary>A model's request to run a tool.</summary>
/// <param name="Id">Our own id of the call, unique in its conversation.</param>
/// <param name="Name">The tool, as the model named it.</param>
/// <param name="Arguments">The arguments as the model wrote them: JSON text, not yet checked; empty means none.</param>
/// <param name="ProviderData">Opaque data that goes back to the provider with the call.</param>
public sealed record ToolCall(string Id, string Name, string Arguments, ProviderData? ProviderData = null)
{
    /// <summary>SHA-256 of the arguments, in hexadecimal; the order of properties and the space between them make no difference.</summary>
    public string ArgumentsHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            using var document = JsonDocument.Parse(Arguments.Length == 0 ? "{}" : Arguments);
            Append(hash, document.RootElement);
        }
        catch (JsonException)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Arguments));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                hash.AppendData("{"u8);
                foreach (var property in value.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    hash.AppendData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(property.Name) + ":"));
                    Append(hash, property.Value);
                }

                hash.AppendData("}"u8);
                break;
            case JsonValueKind.Array:
                hash.AppendData("["u8);
                foreach (var item in value.EnumerateArray())
                {
                    Append(hash, item);
                }

                hash.AppendData("]"u8);
                break;
            default:
                // Raw: 1 and 1.0 differ, and so do two spellings of one string; a difference costs no more than a missed repetition.
                hash.AppendData(Encoding.UTF8.GetBytes(value.GetRawText() + ","));
                break;
        }
    }
}
