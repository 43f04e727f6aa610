using System.Text.Json.Serialization;

namespace Convonet.Client;

/// <summary>A message that the server has not accepted yet.</summary>
/// <param name="Id">The same id never makes a second turn.</param>
/// <param name="Text">What was said.</param>
/// <param name="IsVoice">It was spoken.</param>
/// <param name="Interrupts">What runs and waits makes way for it.</param>
public sealed record OutgoingMessage(string Id, string Text, bool IsVoice = false, bool Interrupts = false);

/// <summary>What outlives the client: with it, the next one goes on where this one was.</summary>
/// <param name="Conversation">The conversation that is followed; null when nothing was said yet. A secret: who has it and the sign-in can write in it.</param>
/// <param name="Epoch">The epoch of its numbers.</param>
/// <param name="Messages">What the server has not accepted.</param>
/// <param name="Cancels">Turns that are to be stopped.</param>
/// <param name="HasBegun">Whether anything was ever told of it.</param>
public sealed record KeptSession(string? Conversation, int Epoch, IReadOnlyList<OutgoingMessage> Messages, IReadOnlyList<int> Cancels, bool HasBegun = true);

/// <summary>Keeps a session over a restart of the program.</summary>
public interface ISessionStore
{
    /// <summary>What was kept; null for nothing.</summary>
    KeptSession? Load();

    /// <summary>Keeps it in place of what was kept before. Called often, one call at a time, and waited for: it is to be quick, and not to throw.</summary>
    void Save(KeptSession session);
}

[JsonSerializable(typeof(KeptSession))]
internal sealed partial class KeptSessionJson : JsonSerializerContext;
