using System.Text.Json;
using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Server.Accounts;
using Convonet.Server.Calendar;
using Convonet.Server.Conversations;
using Convonet.Server.Reminders;
using Convonet.Server.Store;
using Convonet.Server.Teams;
using Convonet.Server.Todos;
using Convonet.Streams;
using Convonet.Tests.EndToEnd;
using Convonet.Tools;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Fakes;

/// <summary>The server's store with several users, whose tools run as in turns of theirs, and a clock that only the test moves; no server around it.</summary>
internal sealed class StoreFixture : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly StrayTasks _strays = new(NullLogger<StrayTasks>.Instance);
    private readonly ToolRunner _runner;
    private readonly WebApplication _services;
    private int _turns;

    private StoreFixture(TestDatabase database)
    {
        _database = database;
        _services = Services(database, Time);
        _runner = new ToolRunner([.. TodoTools.All(), .. TeamTools.All(), .. ReminderTools.All(), .. CalendarTools.All()], new ToolOptions(), Time, _strays, NullLogger<ToolRunner>.Instance, _services.Services);
    }

    /// <summary>Wednesday, 25 November 2026, nine o'clock in UTC.</summary>
    public ObservedTime Time { get; } = new(new DateTimeOffset(2026, 11, 25, 9, 0, 0, TimeSpan.Zero));

    public ConvonetStore Store => _services.Services.GetRequiredService<ConvonetStore>();

    public UserFeed Feed => _services.Services.GetRequiredService<UserFeed>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes an empty store.</summary>
    /// <param name="kind">One of <see cref="TestDatabase.Kinds"/>.</param>
    public static async Task<StoreFixture> CreateAsync(string kind = TestDatabase.Sqlite) => new(await TestDatabase.CreateAsync(kind));

    /// <summary>Makes an account.</summary>
    public async Task<Person> AddUserAsync(string name, string timeZone = "Europe/Zurich")
    {
        var email = $"{name.Split(' ')[0].ToLowerInvariant()}@example.com";
        var user = new AppUser
        {
            Id = Guid.NewGuid(),
            UserName = email,
            NormalizedUserName = email.ToUpperInvariant(),
            Email = email,
            NormalizedEmail = email.ToUpperInvariant(),
            Name = name,
            TimeZone = timeZone,
            CreatedAt = Time.GetUtcNow().UtcDateTime,
        };
        await Store.WriteAsync(
            (db, _) =>
            {
                db.Users.Add(user);
                return Task.FromResult(true);
            },
            cancellationToken: Token);
        return new Person(this, user.Id, email);
    }

    /// <summary>Makes a team with its members.</summary>
    public async Task<Guid> AddTeamAsync(string name, params (Person Who, TeamRole Role)[] members)
    {
        var team = new Team { Id = Guid.NewGuid(), Name = name, CreatedAt = Time.GetUtcNow().UtcDateTime };
        await Store.WriteAsync(
            (db, _) =>
            {
                db.Teams.Add(team);
                db.TeamMembers.AddRange(members.Select(member => new TeamMember
                {
                    Id = Guid.NewGuid(),
                    TeamId = team.Id,
                    UserId = member.Who.Id,
                    Role = member.Role.Word(),
                    JoinedAt = Time.GetUtcNow().UtcDateTime,
                }));
                return Task.FromResult(true);
            },
            cancellationToken: Token);
        return team.Id;
    }

    public async ValueTask DisposeAsync()
    {
        await _strays.DrainAsync(Token);
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static WebApplication Services(TestDatabase database, TimeProvider time)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["Convonet:Database"] = database.ConnectionString;
        builder.Services.AddSingleton(time);
        builder.AddStore();
        return builder.Build();
    }

    /// <summary>One turn with one call, from the message to the record.</summary>
    private async Task<ToolResult> RunAsync(Guid user, string tool, object? arguments)
    {
        // Nobody does two things at the same instant.
        Time.Advance(TimeSpan.FromSeconds(1));
        var (conversations, number) = (new ConversationStore(Store), Interlocked.Increment(ref _turns));
        var turn = new NewTurn(Guid.NewGuid(), $"c_{number}", 1, user.ToString(), "m1", "Do it.", false, "first");
        await conversations.AcceptAsync(turn, 1, Token);
        var journal = conversations.JournalOf(turn.Id, turn.User, 1);
        var call = new ToolCall("call_1_0_0", tool, arguments as string ?? JsonSerializer.Serialize(arguments ?? new { }));
        var key = new CallKey(turn.User, turn.Id, 0, 0);
        await journal.PlanAsync([new PlannedCall(new ToolInvocation(key, call, _runner.TraitsOf(tool)), [], "")], Token);
        return await _runner.RunAsync(call, new ToolContext(call, turn.Conversation, 1) { Key = key, Ledger = journal }, Token);
    }

    /// <summary>Somebody with an account.</summary>
    internal sealed class Person(StoreFixture store, Guid id, string email)
    {
        public Guid Id { get; } = id;

        public string Email { get; } = email;

        /// <summary>Runs a tool as in a turn of theirs.</summary>
        /// <param name="tool">Its name.</param>
        /// <param name="arguments">An object, or JSON text.</param>
        public Task<ToolResult> CallAsync(string tool, object? arguments = null) => store.RunAsync(Id, tool, arguments);

        /// <summary>Runs a tool that must succeed.</summary>
        public async Task<ToolResult> DoAsync(string tool, object? arguments = null)
        {
            var result = await CallAsync(tool, arguments);
            Assert.True(result.Outcome == ToolOutcome.Ok, result.Content);
            return result;
        }

        public Task<T> ReadAsync<T>(Func<UserScope, CancellationToken, Task<T>> read) => store.Store.ReadAsync(Id, read, Token);

        /// <summary>Runs a tool that must not do it.</summary>
        /// <returns>What it says.</returns>
        public async Task<string> FailAsync(string tool, object? arguments = null)
        {
            var result = await CallAsync(tool, arguments);
            Assert.True(result.Outcome == ToolOutcome.Error, result.Content);
            return result.Content;
        }

        /// <summary>Writes as an endpoint does.</summary>
        public Task<T> WriteAsync<T>(Func<UserScope, CancellationToken, Task<T>> write)
        {
            store.Time.Advance(TimeSpan.FromSeconds(1));
            return store.Store.WriteAsync(
                Id,
                () => new ChangeSet { Id = Guid.NewGuid(), UserId = Id, Summary = "", MadeAt = store.Time.GetUtcNow().UtcDateTime },
                _ => Guid.NewGuid(),
                write,
                Token);
        }
    }
}
