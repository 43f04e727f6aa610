using System.Text;
using System.Text.Json;

namespace Convonet.Models;

/// <summary>How an event looks that is a piece of text and nothing else: an object with a <c>type</c> and the text in one of its properties, there perhaps in an object of the same form.</summary>
/// <param name="type">The value of <c>type</c>.</param>
/// <param name="property">The property that holds the text.</param>
/// <param name="inner">The form of the object that is its value; null where it is the text itself.</param>
internal sealed class TextEvent(string type, string property, TextEvent? inner = null)
{
    private readonly byte[] _type = Encoding.UTF8.GetBytes(type);
    private readonly byte[] _property = Encoding.UTF8.GetBytes(property);

    /// <summary>The text of an event of this form; null for every other event, and for one that is not as it should be.</summary>
    /// <param name="data">The event.</param>
    /// <exception cref="JsonException">It is not JSON to its end.</exception>
    public string? Read(ReadOnlySpan<byte> data)
    {
        var json = new Utf8JsonReader(data);
        if (!json.Read() || Read(ref json) is not { } text)
        {
            return null;
        }

        json.Read(); // nothing may follow
        return text;
    }

    private string? Read(ref Utf8JsonReader json)
    {
        var (isOne, text) = (false, (string?)null);
        if (json.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("type"u8))
            {
                json.Read();
                if (json.TokenType != JsonTokenType.String || !json.ValueTextEquals(_type))
                {
                    return null;
                }

                isOne = true;
            }
            else if (json.ValueTextEquals(_property))
            {
                json.Read();
                text = inner is not null ? inner.Read(ref json) : json.TokenType == JsonTokenType.String ? json.GetString() : null;
                if (text is null)
                {
                    return null;
                }
            }
            else
            {
                json.Skip();
            }
        }

        return isOne ? text : null;
    }
}
