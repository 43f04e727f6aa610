using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Telemetry;
using Convonet.Tests.Conversations;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Telemetry;

/// <summary>What an operator sees of tokens, money and answers that are given again. Instruments are the process's, so nothing else may use a model meanwhile.</summary>
[Collection(nameof(Alone))]
public sealed class UsageTelemetryTests : IAsyncDisposable
{
    private const string Answer = "kind=answer model=first-1 provider=first";

    private readonly ConversationFixture _fixture = new();
    private readonly Cache _cache = new();
    private readonly PriceOptions _prices = new() { Models = { ["first-1"] = new() { Input = 1, Output = 2, CachedInput = 0.1m } }, Speaking = { ["mouth"] = 10 }, Listening = { ["ear"] = 0.5m } };
    private readonly ConcurrentQueue<string> _counted = new();
    private readonly MeterListener _meters = new();
    private readonly List<Conversation> _conversations = [];

    public UsageTelemetryTests()
    {
        _meters.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == ConvonetTelemetry.Name && (instrument.Name.StartsWith("convonet.usage.", StringComparison.Ordinal) || instrument.Name is "convonet.cache.answers" or "gen_ai.client.token.usage"))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _meters.Start();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _meters.Dispose();
        foreach (var conversation in _conversations)
        {
            await conversation.DisposeAsync();
        }
    }

    [Fact]
    public async Task Turn_WithAPrice_CountsItsTokensAndItsCost()
    {
        _fixture.Model.Step().Text("Hello.").Usage(1_000, 10, cached: 400);

        await AskAsync();

        Assert.Equal([$"convonet.usage.cached_tokens 400 {Answer}", $"convonet.usage.cost 0.00066 currency=USD {Answer}"], Counted("convonet.usage."));
        Assert.Equal(
            ["gen_ai.client.token.usage 10 output first first-1", "gen_ai.client.token.usage 1000 input first first-1"],
            Counted("gen_ai.").Select(static one => Tags(one, "gen_ai.token.type", "gen_ai.provider.name", "gen_ai.request.model")));
    }

    [Fact]
    public async Task Turn_WithoutAPrice_CountsACallThatHasNone()
    {
        _prices.Models.Clear();
        _fixture.Model.Step().Text("Hello.").Usage(1_000, 10);

        await AskAsync();

        Assert.Equal([$"convonet.usage.unpriced 1 {Answer}"], Counted("convonet.usage."));
    }

    [Fact]
    public void Speech_SpokenAndWrittenDown_CountsCharactersSoundAndCost()
    {
        var tally = new UsageTally(new PriceTable(_prices));

        tally.AddSpeaking("mouth", 300);
        tally.AddListening("ear", TimeSpan.FromSeconds(90));

        Assert.Equal(
            [
                "convonet.usage.audio 90 kind=listening model= provider=ear",
                "convonet.usage.characters 300 kind=speaking model= provider=mouth",
                "convonet.usage.cost 0.003 currency=USD kind=speaking model= provider=mouth",
                "convonet.usage.cost 0.75 currency=USD kind=listening model= provider=ear",
            ],
            Counted("convonet.usage."));
    }

    [Fact]
    public async Task FirstTurns_WithACache_CountAMissAndThenAHitOfTheUsersOwn()
    {
        _fixture.Model.Step().Text("Hello.").Usage(1_000, 10);

        await AskAsync();
        Assert.Equal(["convonet.cache.answers 1 result=miss scope="], Counted("convonet.cache."));
        _counted.Clear();
        _cache.Own = "c_0123456780\nHello.";
        await AskAsync();

        Assert.Equal(["convonet.cache.answers 1 result=hit scope=own"], Counted("convonet.cache."));
        Assert.Empty(Counted("convonet.usage.")); // it cost nothing
    }

    [Fact]
    public async Task FirstTurn_OfACommonQuestion_CountsAHitOfWhatIsShared()
    {
        _cache.Shared = "I keep lists.";

        await AskAsync();

        Assert.Equal(["convonet.cache.answers 1 result=hit scope=shared"], Counted("convonet.cache."));
    }

    private static string Tags(string measured, params IEnumerable<string> names) =>
        string.Join(' ', measured.Split(' ').Take(2).Concat(names.Select(name => measured.Split(' ').Single(tag => tag.StartsWith($"{name}=", StringComparison.Ordinal))[(name.Length + 1)..])));

    /// <summary>What was counted by instruments of this name: name, value and tags, in the order of the alphabet.</summary>
    private IEnumerable<string> Counted(string name) => _counted.Where(one => one.StartsWith(name, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private void Note<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _counted.Enqueue(string.Join(' ', [instrument.Name, string.Create(CultureInfo.InvariantCulture, $"{value}"), .. tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal)]));

    /// <summary>The first turn of a conversation, to its end and to that of its model call.</summary>
    private async Task AskAsync()
    {
        var conversation = new Conversation($"c_012345678{_conversations.Count}", "user", _fixture.Services with { Prices = new PriceTable(_prices), Answers = _cache });
        _conversations.Add(conversation);
        await conversation.SubmitAsync("a", "Hello", Token);
        await ConversationFixture.UntilTurnEndsAsync(conversation);
        await ConversationFixture.WithinAsync(_fixture.Strays.DrainAsync(Token));
    }

    private sealed class Cache : IAnswerCache
    {
        public string? Shared { get; set; }

        public string? Own { get; set; }

        public bool KeepsOwn => true;

        public ValueTask<string?> FindAsync(AnswerKey key, CancellationToken cancellationToken) => ValueTask.FromResult(key.IsShared ? Shared : Own);

        public ValueTask KeepAsync(AnswerKey key, string answer, CancellationToken cancellationToken) => default;
    }
}
