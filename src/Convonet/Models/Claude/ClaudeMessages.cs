using System.Text.Json;
using Convonet.Tools;

namespace Convonet.Models.Claude;

/// <summary>
/// Collects content blocks into messages by the API's rules: the first message is the user's, roles alternate, and the results of
/// tool calls stand first in the message after them. All three follow from joining neighbours of one role. And no message ends in
/// thinking, which therefore waits for what it led to.
/// </summary>
internal sealed class ClaudeMessages
{
    /// <summary>Stands for the user where a history begins with the assistant, for example with a greeting.</summary>
    private const string Opening = "(The conversation begins.)";

    private readonly List<Block> _blocks = [];
    private readonly List<string> _thinking = [];

    /// <summary>Adds what the user said. The API refuses text blocks without a visible character.</summary>
    public void AddUser(string text)
    {
        _thinking.Clear();
        if (!string.IsNullOrWhiteSpace(text))
        {
            _blocks.Add(new Block(IsUser: true, text));
        }
    }

    /// <summary>Adds what a tool gave.</summary>
    public void AddResult(ToolResult result)
    {
        _thinking.Clear();
        _blocks.Add(new Block(IsUser: true, result));
    }

    /// <summary>Adds what the assistant said.</summary>
    public void AddAssistant(string text)
    {
        if (!string.IsNullOrWhiteSpace(text))
        {
            AddAssistantsOwn(text);
        }
    }

    /// <summary>Adds a call of the assistant.</summary>
    public void AddCall(ToolCall call) => AddAssistantsOwn(call);

    /// <summary>Adds what the assistant thought before its next block, as the provider sent it; left out if there is none.</summary>
    public void AddThinking(string json) => _thinking.Add(json);

    /// <summary>The provider is to cache all until here.</summary>
    public void MarkEnd()
    {
        if (_blocks.Count > 0)
        {
            _blocks[^1] = _blocks[^1] with { IsMarked = true };
        }
    }

    /// <summary>Writes the messages.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("messages");
        bool? role = null;
        foreach (var block in _blocks)
        {
            if (block.IsUser != role)
            {
                End(json, role);
                json.WriteStartObject();
                json.WriteString("role"u8, block.IsUser ? "user"u8 : "assistant"u8);
                json.WriteStartArray("content");
                role = block.IsUser;
            }

            Write(json, block);
        }

        End(json, role);
        json.WriteEndArray();
    }

    /// <summary>Writes a block of text.</summary>
    public static void WriteText(Utf8JsonWriter json, string text, bool isMarked)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "text"u8);
        json.WriteString("text", text);
        End(json, isMarked);
    }

    /// <summary>Ends an object, which may be the last of what the provider is to cache.</summary>
    public static void End(Utf8JsonWriter json, bool isMarked)
    {
        if (isMarked)
        {
            json.WriteStartObject("cache_control");
            json.WriteString("type"u8, "ephemeral"u8);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void End(Utf8JsonWriter json, bool? role)
    {
        if (role is not null)
        {
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    private static void Write(Utf8JsonWriter json, Block block)
    {
        switch (block.Value)
        {
            case string text:
                WriteText(json, text, block.IsMarked);
                break;
            case ToolCall call:
                json.WriteStartObject();
                json.WriteString("type"u8, "tool_use"u8);
                json.WriteString("id", call.Id);
                json.WriteString("name", call.Name);
                json.WritePropertyName("input");
                json.WriteRawValue(ToolArguments.ObjectOrEmpty(call.Arguments).GetRawText(), skipInputValidation: true);
                End(json, block.IsMarked);
                break;
            case ToolResult result:
                WriteResult(json, result, block.IsMarked);
                break;
            case Thinking thinking:
                json.WriteRawValue(thinking.Json);
                break;
        }
    }

    private static void WriteResult(Utf8JsonWriter json, ToolResult result, bool isMarked)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "tool_result"u8);
        json.WriteString("tool_use_id", result.CallId);
        if (!string.IsNullOrWhiteSpace(result.Content))
        {
            json.WriteString("content", result.Content);
        }

        if (result.IsError)
        {
            json.WriteBoolean("is_error", true);
        }

        End(json, isMarked);
    }

    private void AddAssistantsOwn(object said)
    {
        if (_blocks.Count == 0)
        {
            _blocks.Add(new Block(IsUser: true, Opening));
        }

        foreach (var thinking in _thinking)
        {
            _blocks.Add(new Block(IsUser: false, new Thinking(thinking)));
        }

        _thinking.Clear();
        _blocks.Add(new Block(IsUser: false, said));
    }

    /// <param name="IsUser">Whose it is.</param>
    /// <param name="Value">A text, a <see cref="ToolCall"/>, a <see cref="ToolResult"/>, or <see cref="Thinking"/>.</param>
    /// <param name="IsMarked">Whether the provider is to cache all until here.</param>
    private readonly record struct Block(bool IsUser, object Value, bool IsMarked = false);

    private sealed record Thinking(string Json);
}
