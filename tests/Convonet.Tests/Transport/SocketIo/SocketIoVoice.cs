using Convonet.Conversations;
using Convonet.Speech;
using Convonet.Speech.Recognition.Clips;
using Convonet.Tests.Speech.Recognition.Clips;
using Convonet.Turns;
using Convonet.Voice;

namespace Convonet.Tests.Transport.SocketIo;

/// <summary>Engines for these tests: an ear that tells how long a recording is.</summary>
internal static class SocketIoVoice
{
    /// <summary>Engines.</summary>
    /// <param name="output">Speaks.</param>
    /// <param name="options">Bounds of recordings.</param>
    /// <param name="ear">Hears.</param>
    public static VoiceEngines Of(SpeechEngines? output = null, ClipOptions? options = null, EchoEar? ear = null)
    {
        options ??= new ClipOptions { Ffmpeg = "/nowhere/ffmpeg" };
        ear ??= new EchoEar();
        return new VoiceEngines(ear, output, new TurnOptions(), new SpeechView(null, null, null))
        {
            Clips = new ClipTranscriber(ear, new ClipDecoder(options), options, TimeProvider.System),
        };
    }
}
