using Convonet.Server.Accounts;
using Convonet.Server.Store;
using Convonet.Server.Todos;
using Convonet.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Store;

/// <summary>What must be the same on each database that the store stands on.</summary>
public sealed class BothDatabasesTests
{
    private static readonly Guid Anna = Guid.NewGuid();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Start_EmptyDatabase_IsReady(string kind)
    {
        await using var database = await TestDatabase.CreateEmptyAsync(kind);
        await using var server = await TestServer.StartAsync(database: database);
        using var client = new HttpClient { BaseAddress = server.Address };

        Assert.Equal("Healthy", await client.GetStringAsync("readyz", Token));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Write_InstantsAndWallClockDates_ComeBackAsTheyWere(string kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        await using var server = await TestServer.StartAsync(database: database);
        var store = await StoreOf(server);
        var (made, due) = (new DateTime(2026, 3, 29, 1, 30, 0, DateTimeKind.Utc), new DateTime(2026, 3, 29, 2, 30, 0));

        var id = await WriteAsync(store, scope =>
        {
            var todo = new Todo { Id = scope.NewId(), OwnerId = scope.UserId, Title = "Grüße 🎈", DueDate = due, CreatedAt = made };
            scope.Db.Todos.Add(todo);
            return Task.FromResult(todo.Id);
        });

        var kept = await store.ReadAsync((db, token) => db.Todos.AsNoTracking().SingleAsync(todo => todo.Id == id, token), Token);
        Assert.Equal((made, DateTimeKind.Utc), (kept.CreatedAt, kept.CreatedAt.Kind));
        Assert.Equal((due, DateTimeKind.Unspecified), (kept.DueDate!.Value, kept.DueDate.Value.Kind));
        Assert.Equal(("Grüße 🎈", 1), (kept.Title, kept.Version));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Write_SeveralChangeTheSameRowAtOnce_EachSeesTheOneBefore(string kind)
    {
        const int Writers = 3;
        await using var database = await TestDatabase.CreateAsync(kind);
        await using var server = await TestServer.StartAsync(database: database);
        var store = await StoreOf(server);
        var id = Guid.NewGuid();
        await WriteAsync(store, scope => Task.FromResult(scope.Db.Todos.Add(new Todo { Id = id, OwnerId = scope.UserId, Title = "0" })));

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => WriteAsync(store, async scope =>
        {
            var todo = await scope.Db.Todos.SingleAsync(one => one.Id == id, Token);
            todo.Title += "+1";
            return 0;
        })));

        var kept = await store.ReadAsync((db, token) => db.Todos.AsNoTracking().SingleAsync(todo => todo.Id == id, token), Token);
        Assert.Equal(("0+1+1+1", 1 + Writers), (kept.Title, kept.Version));
    }

    private static async Task<ConvonetStore> StoreOf(TestServer server)
    {
        var store = server.Services.GetRequiredService<ConvonetStore>();
        await store.WriteAsync((db, _) => Task.FromResult(db.Users.Add(new AppUser { Id = Anna, UserName = "anna", Name = "Anna", TimeZone = "Europe/Zurich" })), cancellationToken: Token);
        return store;
    }

    private static Task<T> WriteAsync<T>(ConvonetStore store, Func<UserScope, Task<T>> write) => store.WriteAsync(
        Anna,
        () => new ChangeSet { Id = Guid.CreateVersion7(), UserId = Anna, Summary = "Test", MadeAt = store.Now.ToDateTimeUtc() },
        _ => Guid.CreateVersion7(),
        (scope, _) => write(scope),
        Token);
}
