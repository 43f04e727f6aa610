namespace Convonet.Speech.Recognition.Clips;

/// <summary>An engine that also takes whole recordings, as they are.</summary>
public interface IClipToText
{
    /// <summary>Writes down what is said in a recording.</summary>
    /// <param name="clip">The whole file.</param>
    /// <param name="extension">The ending of the names of such files, for example <c>webm</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The words, without spaces at their ends; empty when there are none.</returns>
    /// <exception cref="RecognitionException"><see cref="RecognitionErrorKind.BadAudio"/>: not a recording that the engine can read. Otherwise: the engine failed.</exception>
    Task<string> TranscribeAsync(ReadOnlyMemory<byte> clip, string extension, CancellationToken cancellationToken = default);
}
