using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Convonet.Telemetry;

/// <summary>The spans and metrics of the library: one <see cref="ActivitySource"/> and one <see cref="Meter"/>, both named <see cref="Name"/>.</summary>
/// <remarks>
/// Names and units of the <c>gen_ai.*</c> instruments and attributes follow the
/// <see href="https://github.com/open-telemetry/semantic-conventions-genai">OpenTelemetry semantic conventions for generative AI</see>
/// (status: development). No span or metric holds what a user or a model said.
/// </remarks>
public static class ConvonetTelemetry
{
    /// <summary>Name of the ActivitySource and of the Meter.</summary>
    public const string Name = "Convonet";

    internal static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);

    /// <summary>Boundaries in seconds that the conventions advise for durations of model calls.</summary>
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
    };

    /// <summary>Boundaries in tokens that the conventions advise.</summary>
    private static readonly InstrumentAdvice<long> Tokens = new()
    {
        HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
    };

    internal static readonly Histogram<double> ModelDuration =
        Meter.CreateHistogram("gen_ai.client.operation.duration", "s", "Duration of a model call.", advice: Seconds);

    internal static readonly Histogram<double> TimeToFirstChunk =
        Meter.CreateHistogram("gen_ai.client.operation.time_to_first_chunk", "s", "From a model request to its first content.", advice: Seconds);

    internal static readonly Histogram<double> TimePerOutputChunk =
        Meter.CreateHistogram("gen_ai.client.operation.time_per_output_chunk", "s", "Gap between two pieces of content of a model call.", advice: Seconds);

    internal static readonly Histogram<long> TokenUsage =
        Meter.CreateHistogram("gen_ai.client.token.usage", "{token}", "Tokens of a model call.", advice: Tokens);

    internal static readonly Histogram<double> ToolDuration =
        Meter.CreateHistogram("gen_ai.execute_tool.duration", "s", "Duration of a tool call.", advice: Seconds);

    internal static readonly Histogram<double> TurnDuration =
        Meter.CreateHistogram("gen_ai.invoke_agent.duration", "s", "Duration of a turn, from its start to its last event.", advice: Seconds);

    internal static readonly Histogram<double> TimeToFirstText =
        Meter.CreateHistogram("convonet.turn.time_to_first_text", "s", "From the start of a turn to the first text of the answer.", advice: Seconds);

    internal static readonly Histogram<double> TimeToFirstSound =
        Meter.CreateHistogram("convonet.speech.time_to_first_sound", "s", "From a piece of text to the first sound that an engine makes of it.", advice: Seconds);

    internal static readonly Counter<long> SpeechFailures =
        Meter.CreateCounter<long>("convonet.speech.failures", "{attempt}", "Attempts to speak a piece of text that failed, by engine and kind.");

    /// <summary>Writes that the store refused because another owner goes on with the turn or the conversation.</summary>
    public static readonly Counter<long> FencedWrites =
        Meter.CreateCounter<long>("convonet.store.fenced", "{write}", "Writes that the store refused because another owner goes on with the turn or the conversation.");

    /// <summary>From text being shown to the commit that keeps it; of text that is kept as one piece, its first.</summary>
    public static readonly Histogram<double> TextLateness =
        Meter.CreateHistogram("convonet.journal.lateness", "s", "From text being shown to the commit that keeps it; of text that is kept as one piece, its first.", advice: Seconds);

    internal static readonly Counter<long> HeadStarts =
        Meter.CreateCounter<long>("convonet.head_starts", "{call}", "Model calls begun before the user had finished, by whether a turn took them.");

    internal static readonly Counter<long> HedgesStarted =
        Meter.CreateCounter<long>("convonet.hedges.started", "{call}", "Model calls started beside one that had shown nothing for too long, by their provider.");

    internal static readonly Counter<long> HedgesEnded =
        Meter.CreateCounter<long>("convonet.hedges.ended", "{call}", "What became of them: won, lost, failed, or dropped with their turn.");

    internal static readonly UpDownCounter<long> OpenBreakers =
        Meter.CreateUpDownCounter<long>("convonet.breakers.open", "{breaker}", "Models that are not asked now because they failed, those that are being tried again included.");

    internal static readonly Counter<long> BreakerOpenings =
        Meter.CreateCounter<long>("convonet.breakers.opened", "{opening}", "How often a model that was asked was not asked any more because it failed.");

    internal static readonly Histogram<double> TimeToTranscript =
        Meter.CreateHistogram("convonet.voice.time_to_transcript", "s", "From the end of the user's speech to its last transcript.", advice: Seconds);

    internal static readonly Histogram<double> TimeToFirstToken =
        Meter.CreateHistogram("convonet.voice.time_to_first_token", "s", "From the end of the user's speech to the first text of the answer.", advice: Seconds);

    internal static readonly Histogram<double> TimeToFirstClause =
        Meter.CreateHistogram("convonet.voice.time_to_first_clause", "s", "From the end of the user's speech to the first clause that can be spoken.", advice: Seconds);

    internal static readonly Histogram<double> TimeToFirstAudio =
        Meter.CreateHistogram("convonet.voice.time_to_first_audio", "s", "From the end of the user's speech to the first sound that is sent.", advice: Seconds);

    internal static readonly Histogram<double> TimeToFirstAudible =
        Meter.CreateHistogram("convonet.voice.time_to_first_audible", "s", "From the end of the user's speech to the first sound of the answer, as the client says it played it.", advice: Seconds);

    internal static readonly Counter<long> Interruptions =
        Meter.CreateCounter<long>("convonet.voice.interruptions", "{interruption}", "Speech that was not heard to its end, by what cut it: the user's voice, or the client.");

    internal static readonly Counter<long> FalseAlarms =
        Meter.CreateCounter<long>("convonet.voice.false_alarms", "{alarm}", "Sounds that were taken for speech and were none, by reason.");

    internal static readonly Counter<double> UsageCost =
        Meter.CreateCounter<double>("convonet.usage.cost", "{money}", "What was spent by the price table, by kind, provider, model and currency.");

    internal static readonly Counter<long> KeptAnswers =
        Meter.CreateCounter<long>("convonet.cache.answers", "{turn}", "First turns that looked for an answer that was given before, by result (hit or miss) and scope (shared or own).");

    internal static readonly Counter<long> UsageUnpriced =
        Meter.CreateCounter<long>("convonet.usage.unpriced", "{call}", "Calls whose cost is not known: no price, or the provider told no tokens.");

    internal static readonly Counter<long> CachedTokens =
        Meter.CreateCounter<long>("convonet.usage.cached_tokens", "{token}", "Tokens that providers read from their caches.");

    internal static readonly Counter<long> SpokenCharacters =
        Meter.CreateCounter<long>("convonet.usage.characters", "{character}", "Characters that engines spoke; what comes from the phrase cache is not spoken anew.");

    internal static readonly Counter<double> ListenedSeconds =
        Meter.CreateCounter<double>("convonet.usage.audio", "s", "Sound that engines wrote down.");

    /// <summary>Turns that run now.</summary>
    public static LiveCount LiveTurns { get; } = new(Meter, "convonet.turns.live", "{turn}", "Turns that run now.");

    /// <summary>Client connections that are open now.</summary>
    public static LiveCount LiveSockets { get; } = new(Meter, "convonet.sockets.live", "{connection}", "Client connections that are open now.");

    /// <summary>Time-limit timers that are armed now.</summary>
    public static LiveCount LiveTimers { get; } = new(Meter, "convonet.timers.live", "{timer}", "Time-limit timers that are armed now.");

    /// <summary>Model streams that are open now.</summary>
    public static LiveCount LiveModelStreams { get; } = new(Meter, "convonet.model_streams.live", "{stream}", "Model streams that are open now.");

    /// <summary>Tasks whose owner went on without them, because they did not end when they were told to.</summary>
    public static LiveCount StrayTasks { get; } = new(Meter, "convonet.tasks.stray", "{task}", "Tasks that did not end when they were told to and still run.");
}
