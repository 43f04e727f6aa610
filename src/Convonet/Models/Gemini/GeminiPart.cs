using System.Text;
using System.Text.Json;
using Convonet.Tools;

namespace Convonet.Models.Gemini;

/// <summary>One <c>Part</c> of a chunk, read by hand because its fields come in any order.</summary>
internal ref struct GeminiPart
{
    private string? _text;
    private string? _signature;
    private string? _name;
    private string? _id;
    private string _arguments;
    private bool _thought;
    private bool _isCall;

    /// <summary>Reads the part that <paramref name="json"/> stands on.</summary>
    /// <param name="json">Stands on the part's first token, afterwards on its last.</param>
    /// <param name="data">The chunk that <paramref name="json"/> reads; arguments are copied from it as they are.</param>
    public static GeminiPart Read(ref Utf8JsonReader json, ReadOnlySpan<byte> data)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw new ModelException(ModelErrorKind.Protocol, $"Gemini sent {json.TokenType} where a part belongs.");
        }

        var part = new GeminiPart { _arguments = "" };
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("text"u8))
            {
                json.Read();
                part._text = json.GetString();
            }
            else if (json.ValueTextEquals("thoughtSignature"u8))
            {
                json.Read();
                part._signature = json.GetString();
            }
            else if (json.ValueTextEquals("thought"u8))
            {
                json.Read();
                part._thought = json.GetBoolean();
            }
            else if (json.ValueTextEquals("functionCall"u8))
            {
                part.ReadCall(ref json, data);
            }
            else
            {
                json.Skip(); // kinds of content that nobody asks for
            }
        }

        return part;
    }

    /// <summary>Adds what the part means. A call is whole when it comes, so it starts and is ready at once.</summary>
    public readonly void AddTo(List<ModelUpdate> updates, ModelRequest request, ref StepBounds bounds)
    {
        if (_isCall)
        {
            if (string.IsNullOrEmpty(_name))
            {
                throw new ModelException(ModelErrorKind.Protocol, "Gemini sent a function call without a name.");
            }

            var id = request.CallId(bounds.Begin());
            bounds.Add(_arguments.Length);
            var data = new GeminiPartData(_signature, string.IsNullOrEmpty(_id) ? null : _id).ToProviderData();
            updates.Add(new ModelUpdate.ToolCallStarted(id, _name));
            updates.Add(new ModelUpdate.ToolCallReady(new ToolCall(id, _name, _arguments, data)));
        }
        else if (_signature is not null)
        {
            bounds.Add(_signature.Length + (_thought ? _text?.Length ?? 0 : 0));
            var data = new GeminiPartData(_signature, Thought: _thought ? _text ?? "" : null).ToProviderData();
            updates.Add(new ModelUpdate.TextDelta(_thought ? "" : _text ?? "", data));
        }
        else if (!_thought && !string.IsNullOrEmpty(_text))
        {
            updates.Add(new ModelUpdate.TextDelta(_text));
        }
    }

    private void ReadCall(ref Utf8JsonReader json, ReadOnlySpan<byte> data)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw new ModelException(ModelErrorKind.Protocol, $"Gemini sent {json.TokenType} where a function call belongs.");
        }

        _isCall = true;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("name"u8))
            {
                json.Read();
                _name = json.GetString();
            }
            else if (json.ValueTextEquals("id"u8))
            {
                json.Read();
                _id = json.GetString();
            }
            else if (json.ValueTextEquals("args"u8))
            {
                json.Read();
                var start = (int)json.TokenStartIndex;
                var none = json.TokenType == JsonTokenType.Null;
                json.Skip();
                _arguments = none ? "" : Encoding.UTF8.GetString(data[start..(int)json.BytesConsumed]);
            }
            else
            {
                json.Skip();
            }
        }
    }
}
