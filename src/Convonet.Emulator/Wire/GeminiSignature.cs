using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Convonet.Emulator.Wire;

/// <summary>
/// Thought signatures that can be checked when they come back, without keeping anything: a nonce and a keyed hash of what was signed.
/// The key is fixed, so that a stored conversation is still valid after a restart; it protects nothing.
/// </summary>
/// <remarks><see href="https://ai.google.dev/gemini-api/docs/thought-signatures"/></remarks>
internal static class GeminiSignature
{
    private const int NonceBytes = 16;
    private static readonly byte[] Key = "Convonet emulator thought signature"u8.ToArray();

    /// <summary>The documented markers for calls that come from elsewhere.</summary>
    private static readonly string[] SkipMarkers = ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"];

    internal static string SignText() => Sign("text");

    internal static string SignCall(string name, JsonElement arguments) => Sign(CallContent(name, arguments));

    /// <summary>Null when the signature may stand at a text.</summary>
    internal static string? CheckText(string signature) => Check(signature, "text");

    /// <summary>Null when the signature may stand at this call; otherwise what the API says.</summary>
    internal static string? CheckCall(string signature, string name, JsonElement arguments) => Check(signature, CallContent(name, arguments));

    private static string Sign(string content)
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        return Convert.ToBase64String([.. nonce, .. Hash(nonce, content)]);
    }

    private static string? Check(string signature, string content)
    {
        if (SkipMarkers.Contains(signature))
        {
            return null;
        }

        var bytes = new byte[signature.Length];
        if (!Convert.TryFromBase64String(signature, bytes, out var length) || length != NonceBytes + HMACSHA256.HashSizeInBytes)
        {
            return "Corrupted thought signature.";
        }

        return Hash(bytes.AsSpan(0, NonceBytes), content).AsSpan().SequenceEqual(bytes.AsSpan(NonceBytes, HMACSHA256.HashSizeInBytes))
            ? null
            : "Invalid thought signature.";
    }

    private static byte[] Hash(ReadOnlySpan<byte> nonce, string content) =>
        HMACSHA256.HashData(Key, (byte[])[.. nonce, .. Encoding.UTF8.GetBytes(content)]);

    private static string CallContent(string name, JsonElement arguments)
    {
        var text = new StringBuilder("call ").Append(name).Append(' ');
        AppendCanonical(text, arguments);
        return text.ToString();
    }

    /// <summary>The same text for the same JSON, however it was written: clients may parse and write the arguments again.</summary>
    private static void AppendCanonical(StringBuilder text, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Undefined:
                text.Append("{}");
                break;
            case JsonValueKind.Object:
                text.Append('{');
                foreach (var property in element.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal))
                {
                    text.Append(JsonSerializer.Serialize(property.Name)).Append(':');
                    AppendCanonical(text, property.Value);
                    text.Append(',');
                }

                text.Append('}');
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var item in element.EnumerateArray())
                {
                    AppendCanonical(text, item);
                    text.Append(',');
                }

                text.Append(']');
                break;
            case JsonValueKind.Number:
                text.Append(element.GetDouble().ToString("R", CultureInfo.InvariantCulture));
                break;
            default:
                text.Append(element.ValueKind == JsonValueKind.String ? JsonSerializer.Serialize(element.GetString()) : element.GetRawText());
                break;
        }
    }
}
