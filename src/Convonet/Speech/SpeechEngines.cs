using Convonet.Streams;
using Microsoft.Extensions.Logging;

namespace Convonet.Speech;

/// <summary>What all turns speak with: engines, cache, limits. One for the process, or for each choice of voice.</summary>
/// <param name="Primary">The engine; its rate is that of all frames.</param>
/// <param name="Fallback">Speaks what the first could not; null tries the same engine once more.</param>
/// <param name="Cache">Pieces that were spoken before.</param>
/// <param name="Options">Limits.</param>
/// <param name="Time">The clock.</param>
/// <param name="Strays">Owns calls that do not end when they are told to.</param>
/// <param name="Logger">Log.</param>
public sealed record SpeechEngines(
    ITextToSpeech Primary, ITextToSpeech? Fallback, AudioCache Cache, SpeechOptions Options, TimeProvider Time, StrayTasks Strays, ILogger<SpeechEngines> Logger)
{
    /// <summary>Told of each piece that an engine is asked to speak: its name, and the characters; null when nobody counts. What the cache has is not spoken anew.</summary>
    public Action<string, int>? Spoke { get; init; }

    /// <summary>The answers that are made into recordings at the same time.</summary>
    internal Places WholeAnswers { get; } = new(Options.MaxWholeAnswers);
}
