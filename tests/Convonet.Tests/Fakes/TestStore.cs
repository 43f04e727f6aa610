using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Server;
using Convonet.Server.Accounts;
using Convonet.Server.Conversations;
using Convonet.Server.Store;
using Convonet.Server.Todos;
using Convonet.Tools;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Convonet.Tests.Fakes;

/// <summary>The server's store on an empty database, with one user and no server around it.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly List<WebApplication> _processes = [];

    private TestStore(TestDatabase database) => _database = database;

    /// <summary>The user.</summary>
    public Guid UserId { get; } = Guid.NewGuid();

    /// <summary>The store.</summary>
    public ConvonetStore Store { get; private set; } = null!;

    /// <summary>Conversations in it.</summary>
    public ConversationStore Conversations => new(Store);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes the database.</summary>
    /// <param name="kind">One of <see cref="TestDatabase.Kinds"/>.</param>
    public static async Task<TestStore> CreateAsync(string kind = TestDatabase.Sqlite)
    {
        var made = new TestStore(await TestDatabase.CreateAsync(kind));
        made.Store = await made.OpenAsync();
        await made.Store.ReadAsync(
            async (db, token) =>
            {
                db.Users.Add(new AppUser { Id = made.UserId, UserName = "anna", Name = "Anna", TimeZone = "Europe/Zurich" });
                return await db.SaveChangesAsync(token);
            },
            Token);
        return made;
    }

    /// <summary>The same database as another process sees it.</summary>
    public async Task<ConvonetStore> OpenAsync()
    {
        var app = await ServerHost.BuildAsync(
            [
                "--urls", "http://127.0.0.1:0",
                "--contentRoot", Repository.PathOf("src", "Convonet.Server"),
                .. _database.Arguments,
                "--Convonet:Demo:Enabled", "false",
            ],
            builder => builder.Logging.ClearProviders());
        _processes.Add(app);
        return app.Services.GetRequiredService<ConvonetStore>();
    }

    /// <summary>Accepts a message and gives its turn's journal.</summary>
    public async Task<(NewTurn Turn, ITurnJournal Journal)> BeginTurnAsync(string conversation = "c_1", int number = 1)
    {
        var id = TurnId.Of(UserId.ToString(), conversation, $"m{number}");
        var turn = new NewTurn(id, conversation, number, UserId.ToString(), $"m{number}", "Hello", false, "first");
        Assert.Equal(number, await Conversations.AcceptAsync(turn, 1, Token));
        return (turn, Conversations.JournalOf(turn.Id, turn.User, 1));
    }

    /// <summary>A call of the turn's first step.</summary>
    public static ToolInvocation CallOf(NewTurn turn, int ordinal, string arguments = "{}", bool oncePerTurn = false) => new(
        new CallKey(turn.User, turn.Id, 0, ordinal),
        new ToolCall($"call_{turn.Number}_0_{ordinal}", "create_todo", arguments),
        new ToolTraits { Effect = ToolEffect.Store, OncePerTurn = oncePerTurn });

    /// <summary>Plans a call.</summary>
    public static async Task<ToolInvocation> PlanAsync(NewTurn turn, ITurnJournal journal, int ordinal, string arguments = "{}", bool oncePerTurn = false)
    {
        var invocation = CallOf(turn, ordinal, arguments, oncePerTurn);
        await journal.PlanAsync([new PlannedCall(invocation, [], "")], Token);
        return invocation;
    }

    /// <summary>A commit that adds a todo under an id that is new each time, so that a second run would show.</summary>
    public static ToolCommit AddTodo(string title, Action? ran = null) => new(async (transaction, token) =>
    {
        ran?.Invoke();
        var id = Guid.NewGuid();
        var db = ((StoreTransaction)transaction).Db;
        db.Todos.Add(new Todo { Id = id, Title = title });
        await db.SaveChangesAsync(token);
        return new ToolAnswer($"Created {id}");
    });

    /// <summary>Titles of all todos.</summary>
    public Task<string[]> TitlesAsync() => Store.ReadAsync((db, token) => db.Todos.OrderBy(todo => todo.Title).Select(todo => todo.Title).ToArrayAsync(token), Token);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        await _database.DisposeAsync();
    }
}
