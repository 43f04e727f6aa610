using Convonet.Server.Accounts;
using Convonet.Server.Transport.SocketIo;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Transport.SocketIo;

/// <summary>How long, and how many, connections that broke are remembered.</summary>
public sealed class LostSessionsTests
{
    [Theory]
    [InlineData(119, true)]
    [InlineData(120, false)]
    public async Task Lost_ForLongerThanItsTime_IsForgotten(int seconds, bool isFound)
    {
        var time = new FakeTimeProvider();
        var sessions = new LostSessions(Options.Create(new SocketIoOptions()), time);
        var session = sessions.Begin("pid", "browser", (_, _) => Task.FromResult(true), () => Assert.Fail("It has ended."));
        var left = new LostSessions.Left(new SignIn(Guid.NewGuid(), "", null), "c_1", new(1, 3), IsBroken: true);
        sessions.End(session, left);
        time.Advance(TimeSpan.FromSeconds(seconds));

        var found = await sessions.FindAsync("pid", null, null, TestContext.Current.CancellationToken);

        Assert.Equal(isFound ? ("pid", left) : default((string, LostSessions.Left)?), found);
        Assert.Null(await sessions.FindAsync("pid", null, null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Lost_MoreThanAreRemembered_TheOldestIsForgotten()
    {
        var sessions = new LostSessions(Options.Create(new SocketIoOptions()), new FakeTimeProvider());
        var left = new LostSessions.Left(new SignIn(Guid.NewGuid(), "", null), null, default, IsBroken: true);
        for (var i = 0; i <= 10_000; i++)
        {
            sessions.End(sessions.Begin($"{i}", "browser", (_, _) => Task.FromResult(true), () => { }), left);
        }

        Assert.Null(await sessions.FindAsync("0", null, null, TestContext.Current.CancellationToken));
        Assert.NotNull(await sessions.FindAsync("1", null, null, TestContext.Current.CancellationToken));
    }
}
