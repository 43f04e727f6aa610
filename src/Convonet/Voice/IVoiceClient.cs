using Convonet.Audio;
using Convonet.Conversations;

namespace Convonet.Voice;

/// <summary>Where a voice session's words and sound go: one connection.</summary>
public interface IVoiceClient
{
    /// <summary>Tells the client something that concerns this connection only; never waits.</summary>
    void Send(SessionEvent sessionEvent);

    /// <summary>Sends speech; waits while the client takes none.</summary>
    ValueTask SendAsync(AudioFrame frame, CancellationToken cancellationToken);

    /// <summary>Drops the speech that was given and has not left yet.</summary>
    void DropAudio();
}
