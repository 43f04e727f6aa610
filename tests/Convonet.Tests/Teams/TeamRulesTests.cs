using Convonet.Server.Store;
using Convonet.Server.Teams;
using Convonet.Server.Todos;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Teams;

/// <summary>Every role × every action, through the classes that tools and endpoints share.</summary>
public sealed class TeamRulesTests
{
    /// <summary>Who may: <c>v</c>iewer, <c>m</c>ember, <c>a</c>dmin, <c>o</c>wner. Everybody else, and whoever is not in the team, is refused.</summary>
    private static readonly Dictionary<string, (string Allowed, Func<Scene, UserScope, CancellationToken, Task> Act)> Actions = new()
    {
        ["read the team"] = ("vmao", (scene, scope, token) => new TeamList(scope).GetAsync(scene.Team, token)),
        ["read who is in it"] = ("vmao", (scene, scope, token) => new TeamPeople(scope).ListAsync(scene.Team, token)),
        ["read a todo"] = ("vmao", (scene, scope, token) => new TodoList(scope).GetAsync(scene.TodoOfOthers, token)),
        ["add a todo"] = ("mao", (scene, scope, token) => new TodoList(scope).CreateAsync(new NewTodo { Title = "new", TeamId = scene.Team }, token)),
        ["change a todo"] = ("mao", (scene, scope, token) => new TodoList(scope).UpdateAsync(scene.TodoOfOthers, new TodoPatch { Title = "changed" }, token)),
        ["give a todo to somebody"] = ("mao", (scene, scope, token) => new TodoList(scope).UpdateAsync(scene.TodoOfOthers, new TodoPatch { AssigneeId = $"{scene.IdOf("member")}" }, token)),
        ["complete a todo"] = ("mao", (scene, scope, token) => new TodoList(scope).CompleteAsync(scene.TodoOfOthers, token)),
        ["delete somebody's todo"] = ("ao", (scene, scope, token) => new TodoList(scope).DeleteAsync(scene.TodoOfOthers, token)),
        ["delete the own todo"] = ("mao", (scene, scope, token) => new TodoList(scope).DeleteAsync(scene.TodoOfActor, token)),
        ["take in a viewer"] = ("ao", (scene, scope, token) => scene.AddAsync(scope, TeamRole.Viewer, token)),
        ["take in a member"] = ("ao", (scene, scope, token) => scene.AddAsync(scope, TeamRole.Member, token)),
        ["take in an admin"] = ("ao", (scene, scope, token) => scene.AddAsync(scope, TeamRole.Admin, token)),
        ["take in an owner"] = ("o", (scene, scope, token) => scene.AddAsync(scope, TeamRole.Owner, token)),
        ["send a viewer away"] = ("ao", (scene, scope, token) => scene.RemoveAsync(scope, "viewer", token)),
        ["send a member away"] = ("ao", (scene, scope, token) => scene.RemoveAsync(scope, "member", token)),
        ["send an admin away"] = ("ao", (scene, scope, token) => scene.RemoveAsync(scope, "admin", token)),
        ["send an owner away"] = ("o", (scene, scope, token) => scene.RemoveAsync(scope, "owner", token)),
        ["leave"] = ("vmao", (scene, scope, token) => new TeamPeople(scope).RemoveAsync(scene.Team, scope.UserId, token)),
        ["make a viewer a member"] = ("ao", (scene, scope, token) => scene.ChangeAsync(scope, "viewer", TeamRole.Member, token)),
        ["make a member an admin"] = ("ao", (scene, scope, token) => scene.ChangeAsync(scope, "member", TeamRole.Admin, token)),
        ["make an admin a viewer"] = ("ao", (scene, scope, token) => scene.ChangeAsync(scope, "admin", TeamRole.Viewer, token)),
        ["make an admin an owner"] = ("o", (scene, scope, token) => scene.ChangeAsync(scope, "admin", TeamRole.Owner, token)),
        ["make an owner an admin"] = ("o", (scene, scope, token) => scene.ChangeAsync(scope, "owner", TeamRole.Admin, token)),
        ["make oneself an owner"] = ("o", (scene, scope, token) => new TeamPeople(scope).ChangeRoleAsync(scene.Team, scope.UserId, TeamRole.Owner, token)),
        ["make oneself an admin"] = ("ao", (scene, scope, token) => new TeamPeople(scope).ChangeRoleAsync(scene.Team, scope.UserId, TeamRole.Admin, token)),
        ["delete the team"] = ("o", (scene, scope, token) => new TeamList(scope).DeleteAsync(scene.Team, token)),
    };

    public static TheoryData<string, string> Matrix =>
        [.. from action in Actions.Keys from role in new[] { "viewer", "member", "admin", "owner", "nobody" } select (action, role)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Act_InARole_IsAllowedOrRefused(string action, string role)
    {
        await using var store = await StoreFixture.CreateAsync();
        var scene = await Scene.CreateAsync(store, role);
        var (allowed, act) = Actions[action];

        var error = await Record.ExceptionAsync(() => scene.Actor.WriteAsync(async (scope, token) =>
        {
            await act(scene, scope, token);
            return true;
        }));

        if (allowed.Contains(role[0], StringComparison.Ordinal))
        {
            Assert.Null(error);
            return;
        }

        Assert.Equal(role == "nobody" ? Refusal.NotFound : Refusal.Forbidden, Assert.IsType<RefusedException>(error).Kind);
        Assert.Equal(0, await store.Store.ReadAsync((db, _) => Task.FromResult(db.ChangeSets.Count()), Token));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void PrivateTodo_OfTheOwnerOrGivenToThem_IsTheirsToChangeOrOnlyToComplete(bool owns, bool isGiven)
    {
        var (user, other) = (Guid.NewGuid(), Guid.NewGuid());
        var todo = new Todo { Title = "x", OwnerId = owns ? user : other, AssigneeId = isGiven ? user : null };

        Assert.Equal(
            owns ? TodoRights.Read | TodoRights.Complete | TodoRights.Edit | TodoRights.Delete : TodoRights.Read | TodoRights.Complete,
            TeamRules.RightsOn(todo, user, null));
        Assert.Equal(TodoRights.None, TeamRules.RightsOn(todo, Guid.NewGuid(), null));
    }

    /// <summary>A team with somebody in each role, and the actor in one more.</summary>
    private sealed class Scene
    {
        private readonly Dictionary<string, StoreFixture.Person> _people = [];

        public required StoreFixture.Person Actor { get; init; }

        public Guid Team { get; private set; }

        public Guid TodoOfOthers { get; } = Guid.NewGuid();

        public Guid TodoOfActor { get; } = Guid.NewGuid();

        public static async Task<Scene> CreateAsync(StoreFixture store, string role)
        {
            var scene = new Scene { Actor = await store.AddUserAsync("Actor") };
            var members = new List<(StoreFixture.Person, TeamRole)>();
            foreach (var one in Enum.GetValues<TeamRole>())
            {
                scene._people[one.Word()] = await store.AddUserAsync(one.Word());
                members.Add((scene._people[one.Word()], one));
            }

            if (Enum.TryParse<TeamRole>(role, ignoreCase: true, out var own))
            {
                members.Add((scene.Actor, own));
            }

            scene._people["new"] = await store.AddUserAsync("New");
            scene.Team = await store.AddTeamAsync("Ops", [.. members]);
            await store.Store.WriteAsync(
                (db, _) =>
                {
                    db.Todos.Add(new Todo { Id = scene.TodoOfOthers, Title = "others'", OwnerId = scene.IdOf("owner"), TeamId = scene.Team });
                    db.Todos.Add(new Todo { Id = scene.TodoOfActor, Title = "own", OwnerId = scene.Actor.Id, TeamId = scene.Team });
                    return Task.FromResult(true);
                },
                cancellationToken: Token);
            return scene;
        }

        public Guid IdOf(string role) => _people[role].Id;

        public Task<MemberView> AddAsync(UserScope scope, TeamRole role, CancellationToken token) => new TeamPeople(scope).AddAsync(Team, new NewMember { Email = _people["new"].Email, Role = role }, token);

        public Task<MemberView> RemoveAsync(UserScope scope, string whom, CancellationToken token) => new TeamPeople(scope).RemoveAsync(Team, IdOf(whom), token);

        public Task<MemberView> ChangeAsync(UserScope scope, string whom, TeamRole role, CancellationToken token) => new TeamPeople(scope).ChangeRoleAsync(Team, IdOf(whom), role, token);
    }
}
