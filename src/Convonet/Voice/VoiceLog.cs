using Convonet.Speech;
using Convonet.Speech.Recognition;
using Microsoft.Extensions.Logging;

namespace Convonet.Voice;

/// <summary>Log messages of voice sessions. What was said is not among them.</summary>
internal static partial class VoiceLog
{
    [LoggerMessage(LogLevel.Warning, "Sentence {Sentence} of turn {Turn} could not be spoken: {Kind}.")]
    public static partial void LogSentenceFailed(ILogger logger, int turn, int sentence, SpeechErrorKind kind);

    [LoggerMessage(LogLevel.Error, "The speech of turn {Turn} broke.")]
    public static partial void LogSpeakerFailed(ILogger logger, int turn, Exception error);

    [LoggerMessage(LogLevel.Warning, "The recogniser {Engine} failed.")]
    public static partial void LogRecogniserFailed(ILogger logger, string engine, Exception error);

    [LoggerMessage(LogLevel.Warning, "A recording could not be written down: {Kind}.")]
    public static partial void LogRecordingFailed(ILogger logger, RecognitionErrorKind? kind, Exception error);

    [LoggerMessage(LogLevel.Error, "A voice session could not go on with an input.")]
    public static partial void LogInputFailed(ILogger logger, Exception error);
}
