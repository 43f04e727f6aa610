using Convonet.Conversations;
using Convonet.Emulator;
using Convonet.Emulator.Scripts;
using static Convonet.Emulator.Scripts.Script;

namespace Convonet.Tests.EndToEnd;

/// <summary>Every fault ends in its outcome (see <see cref="FaultTable"/>), and leaves nothing behind.</summary>
public class FaultTests
{
    private const string Said = "One two three";
    private const string FromTheOther = "The other one answers.";

    public static TheoryData<EmulatedApi, string> UnclaimedFaults =>
        [.. FaultTable.Unclaimed.SelectMany(row => FaultTable.ApisOf(row.Apis).Select(api => (api, row.Fault)))];

    public static TheoryData<EmulatedApi, string> ClaimedFaults =>
        [.. FaultTable.Claimed.SelectMany(row => FaultTable.ApisOf(row.Apis).Select(api => (api, row.Fault)))];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(UnclaimedFaults))]
    public async Task Unclaimed_EveryAnswerHasTheFault_EndsInItsOutcome(EmulatedApi api, string fault)
    {
        var row = UnclaimedRow(api, fault);
        await using var providers = await EmulatedProviders.StartAsync();
        providers.Emulator.Enqueue(Answer(row) with { Faults = fault, Times = 9 });

        var end = await RunAsync(providers, row, spoiled: 9, providers.Converse(api));

        Assert.Equal(row.Always, $"{Summary(end)} {providers.RequestsTo(api)}");
        Assert.Equal("", end.Text);
        await AssertEndedWellAsync(providers, end);
    }

    [Theory]
    [MemberData(nameof(UnclaimedFaults))]
    public async Task Unclaimed_OnlyTheFirstAnswerHasTheFault_IsAskedAgainWhereThatHelps(EmulatedApi api, string fault)
    {
        var row = UnclaimedRow(api, fault);
        await using var providers = await EmulatedProviders.StartAsync();
        providers.Emulator.Enqueue(Answer(row) with { Faults = fault });
        providers.Emulator.Enqueue(Of(Say(Said)));

        var end = await RunAsync(providers, row, spoiled: 1, providers.Converse(api));

        Assert.Equal(row.Once, $"{Summary(end)} {providers.RequestsTo(api)}");
        Assert.Equal(end.Success ? Said : "", end.Text);
        await AssertEndedWellAsync(providers, end);
    }

    [Theory]
    [MemberData(nameof(UnclaimedFaults))]
    public async Task Unclaimed_OtherProviderThere_TakesOverWhereThatHelps(EmulatedApi api, string fault)
    {
        var row = UnclaimedRow(api, fault);
        var other = EmulatedProviders.Apis[(Array.IndexOf(EmulatedProviders.Apis, api) + 1) % EmulatedProviders.Apis.Length];
        await using var providers = await EmulatedProviders.StartAsync();
        providers.Emulator.Enqueue(Answer(row).For(api) with { Faults = fault, Times = 9 });
        providers.Emulator.Enqueue(Of(Say(FromTheOther)).For(other));

        var end = await RunAsync(providers, row, spoiled: 1, providers.Converse(api, other));

        Assert.Equal(row.Fallback, $"{Summary(end)} {providers.RequestsTo(api)}+{providers.RequestsTo(other)}");
        Assert.Equal(end.Success ? FromTheOther : "", end.Text);
        Assert.Equal(EmulatedProviders.NameOf(end.Success ? other : api), end.Provider);
        await AssertEndedWellAsync(providers, end);
    }

    [Theory]
    [MemberData(nameof(ClaimedFaults))]
    public async Task Claimed_EndsWithWhatWasSaid(EmulatedApi api, string fault)
    {
        var row = FaultTable.Claimed.Single(row => row.Fault == fault && row.Apis.HasFlag(api));
        var other = EmulatedProviders.Apis.First(each => each != api);
        await using var providers = await EmulatedProviders.StartAsync();
        providers.Emulator.Enqueue(Of(Say(Said), Gate("shown"), Fault(fault)));
        var conversation = providers.Converse(api, other);

        await conversation.SayAsync();
        await conversation.UntilAsync<SessionEvent.TextChunk>(chunk => chunk.Text.Contains(" three", StringComparison.Ordinal));
        await providers.ModelOf(api).TakenAsync(Said);
        providers.Emulator.Gate("shown").Open();
        if (row.Silent)
        {
            providers.Time.Advance(providers.Options.StreamIteration);
        }

        var end = await conversation.UntilAsync<SessionEvent.AgentResponse>();

        Assert.Equal(row.Outcome, $"{Summary(end)} {providers.RequestsTo(api)}+{providers.RequestsTo(other)}");
        Assert.Equal(Said, end.Text);
        await AssertEndedWellAsync(providers, end);
    }

    /// <summary>Says something, and lets time pass where the turn waits for it.</summary>
    private static async Task<SessionEvent.AgentResponse> RunAsync(EmulatedProviders providers, UnclaimedFault row, int spoiled, ConversationUnderTest conversation)
    {
        providers.Tools.Add(Echo.Tool);
        await conversation.SayAsync();
        var ended = conversation.UntilAsync<SessionEvent.AgentResponse>();
        for (var attempt = 0; attempt < spoiled && row.Silent; attempt++)
        {
            if (await Task.WhenAny(ended, providers.Emulator.RequestAsync(attempt, Token)) == ended)
            {
                break;
            }

            providers.Time.Advance(providers.Options.StreamIteration);
        }

        if (row.PauseMs > 0)
        {
            var pause = TimeSpan.FromMilliseconds(row.PauseMs);
            if (await Task.WhenAny(ended, providers.Time.ArmedAsync(pause)) != ended)
            {
                providers.Time.Advance(pause);
            }
        }

        return await ended;
    }

    private static UnclaimedFault UnclaimedRow(EmulatedApi api, string fault) =>
        FaultTable.Unclaimed.Single(row => row.Fault == fault && row.Apis.HasFlag(api));

    private static Script Answer(UnclaimedFault row) => row.CallOnly ? Of(Call("echo", new { text = "never whole" })) : Of(Say("This is never heard."));

    private static string Summary(SessionEvent.AgentResponse end) => end.Error is null ? end.Outcome : $"{end.Outcome}/{end.Error.Code}";

    /// <summary>Who failed says why, in a sentence for people that repeats nothing of the provider's.</summary>
    private static async Task AssertEndedWellAsync(EmulatedProviders providers, SessionEvent.AgentResponse end)
    {
        Assert.Equal(end.Success, end.Error is null);
        if (end.Error is { } error)
        {
            Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("HTTP", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", error.Message, StringComparison.Ordinal);
        }

        providers.Emulator.ClearScripts();
        await providers.AssertQuietAsync();
    }
}
