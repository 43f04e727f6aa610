using System.Text.Json;
using Convonet.Server.Accounts;
using Convonet.Server.Calendar;
using Convonet.Server.Reminders;
using Convonet.Server.Store;
using Convonet.Server.Teams;
using Convonet.Server.Todos;
using Convonet.Streams;
using Convonet.Tests.EndToEnd;
using Convonet.Tools;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Fakes;

/// <summary>The server's store in a file of its own, with a clock that only the test moves; no server around it.</summary>
internal sealed class StoreFixture : IAsyncDisposable
{
    private readonly string _database = Path.Combine(Path.GetTempPath(), $"convonet-{Guid.NewGuid():N}.db");
    private readonly StrayTasks _strays = new(NullLogger<StrayTasks>.Instance);
    private readonly ToolRunner _runner;
    private readonly WebApplication _services;

    private StoreFixture()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["Convonet:Database"] = $"Data Source={_database};Pooling=False";
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.AddStore();
        _services = builder.Build();
        _runner = new ToolRunner([.. TodoTools.All(), .. TeamTools.All(), .. ReminderTools.All(), .. CalendarTools.All()], new ToolOptions(), Time, _strays, NullLogger<ToolRunner>.Instance, _services.Services);
    }

    /// <summary>Wednesday, 25 November 2026, nine o'clock in UTC.</summary>
    public ObservedTime Time { get; } = new(new DateTimeOffset(2026, 11, 25, 9, 0, 0, TimeSpan.Zero));

    public ConvonetStore Store => _services.Services.GetRequiredService<ConvonetStore>();

    public UserFeed Feed => _services.Services.GetRequiredService<UserFeed>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes an empty store.</summary>
    public static async Task<StoreFixture> CreateAsync()
    {
        var fixture = new StoreFixture();
        await fixture.Store.ReadAsync(
            async (db, token) =>
            {
                await db.Database.MigrateAsync(token);
                return true;
            },
            Token);
        return fixture;
    }

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
                    Id = Guid.NewGuid(), TeamId = team.Id, UserId = member.Who.Id, Role = member.Role.Word(), JoinedAt = Time.GetUtcNow().UtcDateTime,
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
        foreach (var file in Directory.EnumerateFiles(Path.GetTempPath(), Path.GetFileName(_database) + "*"))
        {
            File.Delete(file);
        }
    }

    private Task<ToolResult> RunAsync(Guid user, string tool, object? arguments)
    {
        // Nobody does two things at the same instant.
        Time.Advance(TimeSpan.FromSeconds(1));
        var json = arguments as string ?? JsonSerializer.Serialize(arguments ?? new { });
        var call = new ToolCall("call_1_0_0", tool, json);
        var key = new CallKey(user.ToString(), Guid.NewGuid(), 0, 0);
        return _runner.RunAsync(call, new ToolContext(call, "conversation", 1) { Key = key, Ledger = new DirectLedger(Store) }, Token);
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

        /// <summary>Writes as an endpoint does.</summary>
        public Task<T> WriteAsync<T>(Func<UserScope, CancellationToken, Task<T>> write) => store.Store.WriteAsync(
            Id,
            () => new ChangeSet { Id = Guid.NewGuid(), UserId = Id, Summary = "", MadeAt = store.Time.GetUtcNow().UtcDateTime },
            _ => Guid.NewGuid(),
            write,
            Token);
    }

    /// <summary>Runs commits as the server's ledger does, and remembers nothing.</summary>
    private sealed class DirectLedger(ConvonetStore store) : IToolLedger
    {
        public ValueTask<ToolResult> RecordAsync(ToolInvocation invocation, ToolResult result, CancellationToken cancellationToken) => ValueTask.FromResult(result);

        public async ValueTask<ToolResult> CommitAsync(ToolInvocation invocation, ToolCommit commit, Func<ToolAnswer, ToolResult> toResult, CancellationToken cancellationToken)
        {
            ChangeNotice? notice = null;
            var result = await store.WriteAsync(
                async (db, token) =>
                {
                    var transaction = new StoreTransaction(store, db);
                    var answer = await commit.ApplyAsync(transaction, token);
                    notice = transaction.Notice;
                    return toResult(answer);
                },
                cancellationToken: cancellationToken);
            store.Tell(notice);
            return result;
        }
    }
}
