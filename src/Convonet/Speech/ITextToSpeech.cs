using Convonet.Audio;

namespace Convonet.Speech;

/// <summary>An engine with one voice. Safe for use by many turns at once.</summary>
public interface ITextToSpeech
{
    /// <summary>Name of the engine, for example <c>flite</c>; for logs, metrics and the client.</summary>
    string Name { get; }

    /// <summary>Name of the voice.</summary>
    string Voice { get; }

    /// <summary>What else the sound depends on, for example speed or model; with name, voice and text it says which audio is the same.</summary>
    string Settings => "";

    /// <summary>The rate of its samples.</summary>
    PcmFormat Format { get; }

    /// <summary>Speaks a piece of text.</summary>
    /// <param name="text">At most about 300 characters, without marks that are not read.</param>
    /// <param name="cancellationToken">Stops the engine's work as soon as it can.</param>
    /// <returns>PCM16 mono as it is made, in parts of any length, also odd ones; each is valid until the next is asked for. An end without an exception means that all was said.</returns>
    /// <exception cref="SpeechException">The engine refused, failed or broke off.</exception>
    IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(string text, CancellationToken cancellationToken = default);
}
