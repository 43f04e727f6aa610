using System.Text;
using System.Text.Json.Nodes;

namespace Convonet.Models.Claude;

/// <summary>A thinking block that is being streamed. It is not shown, but has to go back with the answer that it led to.</summary>
internal sealed class StreamedThinking(long index)
{
    /// <summary>Index of the block in its message.</summary>
    public long Index => index;

    /// <summary>The thoughts; empty where the provider leaves them out.</summary>
    public StringBuilder Text { get; } = new();

    /// <summary>The provider's proof that the thoughts are its own.</summary>
    public StringBuilder Signature { get; } = new();

    /// <summary>The block as it goes back.</summary>
    public string ToJson() => new JsonObject { ["type"] = "thinking", ["thinking"] = Text.ToString(), ["signature"] = Signature.ToString() }.ToJsonString();
}
