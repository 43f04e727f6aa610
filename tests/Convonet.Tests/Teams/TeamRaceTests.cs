using Convonet.Server.Store;
using Convonet.Server.Teams;
using Convonet.Tests.Fakes;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Tests.Teams;

/// <summary>What holds one after the other holds at once too.</summary>
public sealed class TeamRaceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Leave_BothOwnersAtOnce_OneStays(string kind)
    {
        await using var store = await StoreFixture.CreateAsync(kind);
        var (anna, ben) = (await store.AddUserAsync("Anna"), await store.AddUserAsync("Ben"));
        var team = await store.AddTeamAsync("Ops", (anna, TeamRole.Owner), (ben, TeamRole.Owner));
        var begun = 0;
        var both = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var errors = await Task.WhenAll(new[] { anna, ben }.Select(who => Record.ExceptionAsync(() => who.WriteAsync(async (scope, token) =>
        {
            // On SQLite there is one transaction at a time; elsewhere both are open before one of them looks for owners.
            if (Interlocked.Increment(ref begun) == 2 || kind == TestDatabase.Sqlite)
            {
                both.TrySetResult();
            }

            await both.Task.WaitAsync(token);
            return await new TeamPeople(scope).RemoveAsync(team, who.Id, token);
        })).AsTask()));

        Assert.Equal(Refusal.Conflict, Assert.IsType<RefusedException>(Assert.Single(errors, error => error is not null)).Kind);
        Assert.Equal(1, await store.Store.ReadAsync((db, token) => db.TeamMembers.CountAsync(member => member.TeamId == team, token), Token));
    }
}
