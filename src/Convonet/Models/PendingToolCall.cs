using System.Text;
using Convonet.Tools;

namespace Convonet.Models;

/// <summary>A tool call that a model is still writing.</summary>
internal sealed class PendingToolCall(string id)
{
    private readonly StringBuilder _arguments = new();

    /// <summary>Our id of the call.</summary>
    public string Id => id;

    /// <summary>The tool's name; empty until the provider sends it.</summary>
    public string Name { get; set; } = "";

    /// <summary>Whether <see cref="ModelUpdate.ToolCallStarted"/> was yielded.</summary>
    public bool Started { get; set; }

    /// <summary>Whether the provider marked the call's end.</summary>
    public bool Closed { get; set; }

    /// <summary>Whether <see cref="ModelUpdate.ToolCallReady"/> was yielded.</summary>
    public bool Ready { get; set; }

    /// <summary>Whether any arguments came.</summary>
    public bool HasArguments => _arguments.Length > 0;

    /// <summary>Whether the arguments so far are one whole JSON object.</summary>
    public bool IsWhole => EndsLikeAnObject() && ToolArguments.IsWhole(_arguments.ToString());

    /// <summary>Adds a piece of the arguments.</summary>
    public void Append(string json) => _arguments.Append(json);

    /// <summary>The call with the arguments so far.</summary>
    public ToolCall ToToolCall() => new(Id, Name, _arguments.ToString());

    // Spares the parser most of what is unfinished, as it may be asked after every piece.
    private bool EndsLikeAnObject()
    {
        for (var i = _arguments.Length - 1; i >= 0; i--)
        {
            if (!char.IsWhiteSpace(_arguments[i]))
            {
                return _arguments[i] == '}';
            }
        }

        return false;
    }
}
