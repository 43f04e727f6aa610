using Convonet.Audio;
using Convonet.Conversations;

namespace Convonet.Voice;

/// <summary>Where a voice session's words and sound go: one connection.</summary>
public interface IVoiceClient
{
    /// <summary>Whether it wants speech frame by frame.</summary>
    bool TakesFrames => true;

    /// <summary>What was said is about to become a turn, as a message of this id.</summary>
    void Begins(string clientMsgId)
    {
    }

    /// <summary>The message of this id has become no turn: it is one already, or it was refused.</summary>
    void Ends(string clientMsgId)
    {
    }

    /// <summary>Tells the client something that concerns this connection only; never waits.</summary>
    void Send(SessionEvent sessionEvent);

    /// <summary>Sends speech; waits while the client takes none.</summary>
    ValueTask SendAsync(AudioFrame frame, CancellationToken cancellationToken);

    /// <summary>Drops the speech that was given and has not left yet.</summary>
    void DropAudio();
}
