namespace Convonet.Speech.Recognition;

/// <summary>An engine that writes down what is said. It is shared by all connections.</summary>
public interface ISpeechToText
{
    /// <summary>Name of the engine, in small letters, for options, logs and the page.</summary>
    string Name { get; }

    /// <summary>Whether transcripts come while somebody still speaks; otherwise there is one, after <see cref="IRecognitionSession.FinishUtterance"/>.</summary>
    bool StreamsPartials { get; }

    /// <summary>The longest part of a recording that it is given at once.</summary>
    /// <value>Default: 20 s. Shorter where recordings take their turn with what others say.</value>
    TimeSpan LongestClipPart => TimeSpan.FromSeconds(20);

    /// <summary>Makes the engine ready for one connection.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A session that the caller disposes.</returns>
    /// <exception cref="RecognitionException">The engine is not installed, not reachable, or refuses the key.</exception>
    Task<IRecognitionSession> OpenAsync(CancellationToken cancellationToken = default);
}

/// <summary>The speech of one connection on its way to text.</summary>
/// <remarks>
/// <see cref="Push"/> and <see cref="FinishUtterance"/> never wait and are called by one thread at a time, <see cref="ReadAsync"/> has one reader.
/// Audio may be left out between utterances: the position says where the next piece belongs. Disposing gives up what is under way.
/// </remarks>
public interface IRecognitionSession : IAsyncDisposable
{
    /// <summary>Gives the engine audio; it is copied.</summary>
    /// <param name="audio">
    /// PCM16, mono, 16 kHz, little-endian: whole samples, from 1 to <see cref="RecognitionLimits.MaxPieceBytes"/> bytes, usually a frame of 20 ms.
    /// </param>
    /// <param name="position">Where in the connection's audio it begins.</param>
    /// <exception cref="RecognitionException">
    /// <see cref="RecognitionErrorKind.BadAudio"/>: not such audio; the session goes on without it. <see cref="RecognitionErrorKind.Overloaded"/>: the
    /// engine is <see cref="RecognitionLimits.MaxBacklog"/> behind. Otherwise: the session has failed, as <see cref="ReadAsync"/> says too.
    /// </exception>
    void Push(ReadOnlyMemory<byte> audio, TimeSpan position);

    /// <summary>The utterance is over: its last transcript follows as soon as the engine has it, and at the latest at the engine's own time limit.</summary>
    /// <returns>The number of the utterance that is finished; audio from now on belongs to the next.</returns>
    /// <exception cref="RecognitionException">The session has failed.</exception>
    int FinishUtterance();

    /// <summary>The transcripts as they come. A reader that is behind misses partial transcripts, never a final one.</summary>
    /// <exception cref="RecognitionException">The engine failed for good: the session is of no use any more.</exception>
    IAsyncEnumerable<Transcript> ReadAsync(CancellationToken cancellationToken = default);
}
