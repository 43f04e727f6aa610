using System.Text.Json;
using System.Text.RegularExpressions;
using Convonet.Server.Teams;
using Convonet.Server.Todos;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Architecture;

/// <summary>Tools and what they share with endpoints reach the store by the user's scope alone, and take no user from a model.</summary>
public sealed partial class ToolRulesTests
{
    private static readonly string[] Folders = ["Todos", "Teams", "Reminders", "Calendar"];

    /// <summary>What the server does by itself, as no user: marks reminders as delivered, which nobody takes back.</summary>
    private static readonly string[] OfTheServer = ["ReminderClock.cs"];

    /// <summary>Tools that read, but tell nothing that anybody wrote.</summary>
    private static readonly string[] OnlyOurWords = ["get_time", "find_free_time"];

    /// <summary>A file of these folders may not open the store by itself, nor write past what is recorded.</summary>
    [Fact]
    public void Features_EveryFile_UsesTheScopeAlone()
    {
        var root = Repository.PathOf("src", "Convonet.Server");
        var files = Folders.SelectMany(folder => Directory.GetFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories)).Where(file => !OfTheServer.Contains(Path.GetFileName(file))).ToArray();
        var wrong = from file in files from found in Offences(File.ReadAllText(file)) select $"{Path.GetRelativePath(root, file)}: {found}";

        Assert.All(Folders, folder => Assert.Contains(files, file => Path.GetRelativePath(root, file).StartsWith(folder, StringComparison.Ordinal)));
        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("internal sealed class BadTools(IDbContextFactory<ConvonetDb> databases);")]
    [InlineData("internal sealed class BadTools(ConvonetDb db);")]
    [InlineData("private readonly SqliteDb _db;")]
    [InlineData("await using var db = await databases.CreateDbContextAsync(token);")]
    [InlineData("await using var db = new SqliteDb(options);")]
    [InlineData("await using var connection = new SqliteConnection(\"Data Source=x\");")]
    [InlineData("var source = NpgsqlDataSource.Create(text);")]
    [InlineData("await scope.Db.Todos.Where(todo => todo.Id == id).ExecuteDeleteAsync(token);")]
    [InlineData("await todos.ExecuteUpdateAsync(update => update, token);")]
    [InlineData("scope.Db.Todos.FromSql($\"SELECT 1\");")]
    [InlineData("scope.Db.Todos.FromSqlRaw(\"SELECT 1\");")]
    [InlineData("await scope.Db.Database.ExecuteSqlAsync($\"DELETE FROM todos\");")]
    [InlineData("scope.Db.Database.SqlQuery<int>($\"SELECT 1\");")]
    [InlineData("scope.Db.Database.GetDbConnection();")]
    [InlineData("context.Services!.GetRequiredService<ConvonetStore>();")]
    public void Offences_APlantedOne_IsFound(string source) => Assert.NotEmpty(Offences(source));

    [Theory]
    [InlineData("internal sealed class TodoList(UserScope scope);")]
    [InlineData("var todo = await scope.Db.Todos.FirstOrDefaultAsync(one => one.Id == id, cancellationToken);")]
    [InlineData("private static async Task<Ok> ListAsync(ClaimsPrincipal user, ConvonetStore store) => await store.ReadAsync(user, read);")]
    public void Offences_TheRightWay_IsNone(string source) => Assert.Empty(Offences(source));

    [Fact]
    public async Task Tools_OfTheServer_TakeNoUserFromTheModelAndSayWhatTheyActOn()
    {
        await using var server = await TestServer.StartAsync();
        var tools = server.Services.GetRequiredService<ToolRunner>().Tools;

        Assert.Superset(TodoTools.All().Concat(TeamTools.All()).Select(tool => tool.Name).ToHashSet(), tools.Select(tool => tool.Name).ToHashSet());
        Assert.All(tools, tool => Assert.Empty(UsersIn(tool)));
        Assert.All(tools, tool => Assert.NotEqual(ToolEffect.Outside, ToolTraits.Of(tool).Effect));
        Assert.All(tools.Where(tool => tool.Name.StartsWith("create_", StringComparison.Ordinal)), tool => Assert.True(ToolTraits.Of(tool).OncePerTurn, tool.Name));
        Assert.All(tools.Where(tool => ToolTraits.Of(tool).Effect == ToolEffect.None && !OnlyOurWords.Contains(tool.Name)), tool => Assert.NotNull(ToolTraits.Of(tool).Source));
    }

    [Fact]
    public void Tools_AreStaticMethodsOfStaticClasses()
    {
        var classes = typeof(TodoTools).Assembly.GetTypes().Where(type => type.Name.EndsWith("Tools", StringComparison.Ordinal) && Folders.Any(folder => type.Namespace == $"Convonet.Server.{folder}")).ToArray();

        Assert.NotEmpty(classes);
        Assert.All(classes, type => Assert.True(type is { IsAbstract: true, IsSealed: true }, type.FullName));
    }

    [Fact]
    public void UsersIn_APlantedParameter_IsFound()
    {
        var nested = ToolFactory.Create((Planted what) => what.Title, "bad", "Test.");

        Assert.Equal("user_id", Assert.Single(UsersIn(ToolFactory.Create((string title, Guid user_id) => title, "bad", "Test."))));
        Assert.Equal("owner_id", Assert.Single(UsersIn(nested)));
    }

    private static IEnumerable<string> Offences(string source) => Offence().Matches(source).Select(match => match.Value.Trim());

    private static IEnumerable<string> UsersIn(AIFunction tool) => Names(tool.JsonSchema).Where(name => UserName().IsMatch(name));

    private static IEnumerable<string> Names(JsonElement schema) => schema.ValueKind switch
    {
        JsonValueKind.Object => schema.EnumerateObject().SelectMany(property =>
            property is { Name: "properties", Value.ValueKind: JsonValueKind.Object }
                ? property.Value.EnumerateObject().SelectMany(one => Names(one.Value).Prepend(one.Name))
                : Names(property.Value)),
        JsonValueKind.Array => schema.EnumerateArray().SelectMany(Names),
        _ => [],
    };

    private sealed record Planted(string Title, Guid OwnerId);

    [GeneratedRegex(@"\bIDbContextFactory\b|\b(?:ConvonetDb|SqliteDb|PostgresDb)\s+_?\w+\s*[,;=)]|\bCreateDbContext\w*|\bnew\s+(?:\w+Db|\w+Connection|\w+DataSource)\s*\(|\bNpgsqlDataSource\b|\bExecute(?:Update|Delete|Sql)\w*|\bFromSql\w*|\bSqlQuery\w*|\bGetDbConnection\b|\bGet(?:Required)?Service\w*")]
    private static partial Regex Offence();

    [GeneratedRegex("^(?:user|owner|creator|tenant|account|author|actor)(?:_?id|_?name|_?email)?$|_by$", RegexOptions.IgnoreCase)]
    private static partial Regex UserName();
}
