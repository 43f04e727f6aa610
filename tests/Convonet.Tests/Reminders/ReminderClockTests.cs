using System.Threading.Channels;
using Convonet.Conversations;
using Convonet.Server.Reminders;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Reminders;

/// <summary>When users are told. It is Wednesday, 25 November 2026, ten o'clock in Zurich.</summary>
public sealed class ReminderClockTests : IAsyncLifetime
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    private StoreFixture _store = null!;
    private StoreFixture.Person _anna = null!;
    private StoreFixture.Person _ben = null!;
    private ReminderClock _clock = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = await StoreFixture.CreateAsync();
        _anna = await _store.AddUserAsync("Anna Muster");
        _ben = await _store.AddUserAsync("Ben Beispiel");
        _clock = Clock();
    }

    public async ValueTask DisposeAsync()
    {
        await _clock.StopAsync(CancellationToken.None);
        _clock.Dispose();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Clock_ReminderIsDue_TellsItThenAndOnce()
    {
        using var page = new Page(_store, _anna);
        var made = await CreateAsync(_anna, "2026-11-25T10:01:31"); // it is one second past ten
        await _clock.StartAsync(Token);

        await _store.Time.ArmedAsync(LongestSleep);
        _store.Time.Advance(LongestSleep);
        await _store.Time.ArmedAsync(TimeSpan.FromSeconds(30));
        _store.Time.Advance(TimeSpan.FromSeconds(29.999));
        Assert.Equal(0, page.Waiting);

        _store.Time.Advance(TimeSpan.FromMilliseconds(1));
        var told = await page.NextAsync();

        Assert.Equal(new SessionEvent.ReminderDue(IdOf(made), "call Anna", "high", "2026-11-25T10:01:31"), told);
        await _clock.TellDueAsync(_anna.Id, Token);
        Assert.Equal(0, page.Waiting);
        Assert.Contains("- \"call Anna\" (high, at 2026-11-25T10:01, delivered) id:", (await _anna.DoAsync("get_reminders")).Content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("create")]
    [InlineData("update")]
    public async Task Clock_ReminderIsMadeOrMovedWhileItSleeps_IsTold(string how)
    {
        using var page = new Page(_store, _anna);
        var made = how == "update" ? await CreateAsync(_anna, "2026-11-25T12:00") : null;
        await _clock.StartAsync(Token);
        await _store.Time.ArmedAsync(LongestSleep);

        var at = _store.Time.GetUtcNow().AddSeconds(11).ToString("yyyy-MM-ddTHH:mm:ssZ", null);
        _ = how == "create" ? await CreateAsync(_anna, at) : await _anna.DoAsync("update_reminder", new { id = IdOf(made!), reminder_date = at });
        await _store.Time.ArmedAsync(TimeSpan.FromSeconds(10));
        _store.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("call Anna", (await page.NextAsync()).Text);
    }

    [Fact]
    public async Task Clock_ReminderIsPutOffOrDeleted_IsNotTold()
    {
        using var page = new Page(_store, _anna);
        var putOff = await CreateAsync(_anna, "in one minute");
        var deleted = await CreateAsync(_anna, "in one minute");
        await _anna.DoAsync("update_reminder", new { id = IdOf(putOff), reminder_date = "in one hour" });
        await _anna.DoAsync("delete_reminder", new { id = IdOf(deleted) });

        _store.Time.Advance(TimeSpan.FromMinutes(30));
        await _clock.TellDueAsync(_anna.Id, Token);

        Assert.Equal(0, page.Waiting);
    }

    [Fact]
    public async Task Clock_DeliveredReminderGetsANewTime_IsToldAgain()
    {
        using var page = new Page(_store, _anna);
        var made = await CreateAsync(_anna, "in one minute");
        _store.Time.Advance(TimeSpan.FromMinutes(1));
        await _clock.TellDueAsync(_anna.Id, Token);
        await page.NextAsync();

        await _anna.DoAsync("update_reminder", new { id = IdOf(made), reminder_date = "in one minute" });
        await _clock.TellDueAsync(_anna.Id, Token);
        Assert.Equal(0, page.Waiting);
        _store.Time.Advance(TimeSpan.FromMinutes(1));
        await _clock.TellDueAsync(_anna.Id, Token);

        Assert.Equal(IdOf(made), (await page.NextAsync()).Id);
    }

    [Fact]
    public async Task Clock_NobodyIsConnected_TellsTheNextConnectionOnce()
    {
        await CreateAsync(_anna, "in one minute");
        await CreateAsync(_ben, "in one minute");
        await _clock.StartAsync(Token);
        await _store.Time.ArmedAsync(TimeSpan.FromSeconds(59));
        _store.Time.Advance(TimeSpan.FromMinutes(5));
        await _clock.TellDueAsync(_anna.Id, Token);

        using var first = new Page(_store, _anna);
        await _clock.TellDueAsync(_anna.Id, Token);
        Assert.Equal("2026-11-25T10:01:01", (await first.NextAsync()).RemindAt);

        using var second = new Page(_store, _anna);
        await _clock.TellDueAsync(_anna.Id, Token);
        Assert.Equal((0, 0), (first.Waiting, second.Waiting));
    }

    [Fact]
    public async Task Clock_SeveralConnections_AllAreTold()
    {
        using var first = new Page(_store, _anna);
        using var second = new Page(_store, _anna);
        using var others = new Page(_store, _ben);
        await CreateAsync(_anna, "now");

        await _clock.TellDueAsync(_anna.Id, Token);

        Assert.Equal((1, 1, 0), (first.Waiting, second.Waiting, others.Waiting));
    }

    [Fact]
    public async Task Clock_ConnectionDoesNotTakeIt_IsToldWhenItDoes()
    {
        using var page = new Page(_store, _anna) { TakesNothing = true };
        await CreateAsync(_anna, "now");
        await _clock.StartAsync(Token);
        await _store.Time.ArmedAsync(LongestSleep);
        Assert.Equal(0, page.Waiting);

        page.TakesNothing = false;
        _store.Time.Advance(LongestSleep);

        Assert.Equal("call Anna", (await page.NextAsync()).Text);
    }

    [Fact]
    public async Task Clock_AfterARestart_TellsWhatWasDueMeanwhileAndNothingTwice()
    {
        using (var before = new Page(_store, _anna))
        {
            await CreateAsync(_anna, "now");
            await _clock.TellDueAsync(_anna.Id, Token);
            Assert.Equal(1, before.Waiting);
        }

        await CreateAsync(_anna, "in one minute");
        _store.Time.Advance(TimeSpan.FromHours(1));
        using var next = Clock();
        using var after = new Page(_store, _anna);
        await next.TellDueAsync(_anna.Id, Token);

        Assert.Equal("2026-11-25T10:01:02", (await after.NextAsync()).RemindAt);
        Assert.Equal(0, after.Waiting);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-3)]
    public async Task Clock_IsSetByHoursAndBack_TellsNothingTwice(int hours)
    {
        using var page = new Page(_store, _anna);
        await CreateAsync(_anna, "in one minute");
        _store.Time.Advance(TimeSpan.FromMinutes(1));
        await _clock.TellDueAsync(_anna.Id, Token);
        await page.NextAsync();

        foreach (var jump in (int[])[hours, -hours])
        {
            _store.Time.Jump(TimeSpan.FromHours(jump));
            await _clock.TellDueAsync(_anna.Id, Token);
        }

        _store.Time.Advance(TimeSpan.FromHours(4));
        await _clock.TellDueAsync(_anna.Id, Token);
        Assert.Equal(0, page.Waiting);
    }

    [Fact]
    public async Task Clock_ManyAreDue_TellsThemAllInOrder()
    {
        using var page = new Page(_store, _anna);
        for (var minute = 1; minute <= 120; minute++)
        {
            await CreateAsync(_anna, $"in {minute} minutes");
        }

        _store.Time.Advance(TimeSpan.FromHours(3));
        await _clock.TellDueAsync(_anna.Id, Token);

        Assert.Equal(120, page.Waiting);
        var times = new List<string>();
        while (page.Waiting > 0)
        {
            times.Add((await page.NextAsync()).RemindAt);
        }

        Assert.Equal(times.Order(StringComparer.Ordinal), times);
    }

    [Fact]
    public async Task Clock_StoreDoesNotTakeTheMark_TellsNothingTwice()
    {
        using var page = new Page(_store, _anna);
        await CreateAsync(_anna, "now");
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var inside = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var holder = _store.Store.WriteAsync(
            async (_, _) =>
            {
                inside.SetResult();
                await release.Task;
                return true;
            },
            cancellationToken: Token);
        await inside.Task;

        var telling = _clock.TellDueAsync(_anna.Id, Token);
        await page.NextAsync();
        _store.Time.Advance(TimeSpan.FromSeconds(10)); // past the store's limit
        await telling;
        release.SetResult();
        await Assert.ThrowsAnyAsync<Exception>(() => holder);
        Assert.DoesNotContain("delivered", (await _anna.DoAsync("get_reminders")).Content, StringComparison.Ordinal);
        await _clock.TellDueAsync(_anna.Id, Token);

        Assert.Equal(0, page.Waiting);
        Assert.Contains(", delivered)", (await _anna.DoAsync("get_reminders")).Content, StringComparison.Ordinal);
    }

    private ReminderClock Clock(ILogger<ReminderClock>? log = null)
    {
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        lifetime.NotifyStarted();
        return new ReminderClock(_store.Store, _store.Feed, lifetime, _store.Time, log ?? NullLogger<ReminderClock>.Instance);
    }

    private static Task<ToolResult> CreateAsync(StoreFixture.Person who, string when) =>
        who.DoAsync("create_reminder", new { reminder_text = "call Anna", importance = "high", reminder_date = when });

    private static string IdOf(ToolResult result) => result.Data!.Value.GetProperty("id").GetString()!;

    /// <summary>A connection, as far as the clock sees it.</summary>
    private sealed class Page : IDisposable
    {
        private readonly Channel<SessionEvent.ReminderDue> _told = Channel.CreateUnbounded<SessionEvent.ReminderDue>();
        private readonly IDisposable _subscription;

        public Page(StoreFixture store, StoreFixture.Person who) =>
            _subscription = store.Feed.Subscribe(who.Id, one => one is not SessionEvent.ReminderDue due || (!TakesNothing && _told.Writer.TryWrite(due)));

        public bool TakesNothing { get; set; }

        public int Waiting => _told.Reader.Count;

        public async Task<SessionEvent.ReminderDue> NextAsync() => await _told.Reader.ReadAsync(Token).AsTask().WaitAsync(TestServer.Patience, Token);

        public void Dispose() => _subscription.Dispose();
    }
}
