using Convonet.Server.Teams;
using Convonet.Server.Todos;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Store;

/// <summary>A change as the user sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Summary">One line for people.</param>
/// <param name="Tool">The tool that did it; null when the user did it by hand.</param>
/// <param name="CallId">The call that did it.</param>
/// <param name="MadeAt">When, in UTC.</param>
/// <param name="Undone">Whether it was taken back.</param>
/// <param name="CanUndo">Whether it can be taken back now.</param>
internal sealed record ChangeSetView(Guid Id, string Summary, string? Tool, string? CallId, DateTime MadeAt, bool Undone, bool CanUndo);

/// <summary>
/// Takes back what the user did, or what a tool did for them: one change set as a whole or not at all, and only while nobody has changed its rows since and
/// the user still may do the opposite. It is a change like any other, so it can be taken back in turn.
/// </summary>
/// <remarks>
/// A row that is put back gets its old version too: it is again what the change before left behind, which can then be taken back as well, as far back as nobody
/// else came in between.
/// </remarks>
internal sealed class Undo(UserScope scope)
{
    private const int Newest = 20;
    private const int NewestCalls = 100;
    private const string Undid = "Undid: ";
    private const string Redid = "Redid: ";

    /// <summary>The user's newest changes, newest first.</summary>
    public Task<IReadOnlyList<ChangeSetView>> ListAsync(CancellationToken cancellationToken) =>
        ListAsync(scope.Db.ChangeSets.Where(set => set.UserId == scope.UserId), cancellationToken);

    /// <summary>The newest changes that the last calls of a conversation of the user made, newest first. A set's id is its call's, so nothing else has to be kept of that.</summary>
    public async Task<IReadOnlyList<ChangeSetView>> ListAsync(string conversation, CancellationToken cancellationToken)
    {
        var calls = await (
            from turn in scope.Db.Turns.AsNoTracking()
            join result in scope.Db.Results.AsNoTracking() on new { turn.UserId, TurnId = turn.Id } equals new { result.UserId, result.TurnId }
            where turn.UserId == scope.UserId && turn.ConversationId == conversation
            orderby turn.Number descending, result.Step descending, result.Ordinal descending
            select new { result.TurnId, result.Step, result.Ordinal }).Take(NewestCalls).ToArrayAsync(cancellationToken);
        var sets = calls.Select(call => new CallKey(scope.UserId.ToString(), call.TurnId, call.Step, call.Ordinal).NewId(ToolStore.ChangeSetNumber)).ToArray();
        return await ListAsync(scope.Db.ChangeSets.Where(set => set.UserId == scope.UserId && sets.Contains(set.Id)), cancellationToken);
    }

    private async Task<IReadOnlyList<ChangeSetView>> ListAsync(IQueryable<ChangeSet> which, CancellationToken cancellationToken)
    {
        var sets = await which.Include(set => set.Changes)
            .OrderByDescending(set => set.MadeAt).ThenByDescending(set => set.Id).Take(Newest).ToArrayAsync(cancellationToken);
        var views = new List<ChangeSetView>();
        foreach (var set in sets)
        {
            var canUndo = set.UndoneAt is null && await new UndoRules(scope, await ReadAsync(set, cancellationToken)).ObstacleAsync(cancellationToken) is null;
            views.Add(new ChangeSetView(set.Id, set.Summary, set.Tool, set.CallId, set.MadeAt, set.UndoneAt is not null, canUndo));
        }

        return views;
    }

    /// <summary>Takes a change back.</summary>
    /// <returns>The change that this is.</returns>
    /// <exception cref="RefusedException">There is no such change of this user, or it cannot be taken back (any more).</exception>
    public async Task<ChangeSetView> TakeBackAsync(Guid id, CancellationToken cancellationToken)
    {
        var set = await scope.Db.ChangeSets.Include(one => one.Changes).FirstOrDefaultAsync(one => one.Id == id && one.UserId == scope.UserId, cancellationToken)
            ?? throw RefusedException.NotFound("change");
        if (set.UndoneAt is not null)
        {
            throw RefusedException.Conflict("This has been taken back already.");
        }

        var steps = await ReadAsync(set, cancellationToken);
        if (await new UndoRules(scope, steps).ObstacleAsync(cancellationToken) is { } obstacle)
        {
            throw obstacle;
        }

        foreach (var step in steps)
        {
            Apply(step);
        }

        await LetGoAsync(steps, cancellationToken);
        set.UndoneAt = scope.UtcNow;
        scope.Summary = set.Summary.StartsWith(Undid, StringComparison.Ordinal) ? Redid + set.Summary[Undid.Length..]
            : Undid + (set.Summary.StartsWith(Redid, StringComparison.Ordinal) ? set.Summary[Redid.Length..] : set.Summary);
        return new ChangeSetView(scope.Db.Recorder!.Set.Id, scope.Summary, null, null, scope.UtcNow, Undone: false, CanUndo: true);
    }

    /// <summary>What has to be done, each row once: from what the set left of it to what the set found.</summary>
    private async Task<IReadOnlyList<UndoStep>> ReadAsync(ChangeSet set, CancellationToken cancellationToken)
    {
        var steps = new List<UndoStep>();
        foreach (var kind in set.Changes.GroupBy(change => change.Kind))
        {
            var now = await CurrentAsync(kind.Key, [.. kind.Select(change => change.EntityId).Distinct()], cancellationToken);
            steps.AddRange(kind.GroupBy(change => change.EntityId).Select(row => UndoStep.Of([.. row.OrderBy(change => change.Place)], now.GetValueOrDefault(row.Key))));
        }

        return steps;
    }

    private Task<Dictionary<Guid, IUndoable>> CurrentAsync(string kind, Guid[] ids, CancellationToken cancellationToken) => kind switch
    {
        "todo" => CurrentAsync<Todo>(ids, cancellationToken),
        "reminder" => CurrentAsync<Reminders.Reminder>(ids, cancellationToken),
        "event" => CurrentAsync<Calendar.CalendarEvent>(ids, cancellationToken),
        "team" => CurrentAsync<Team>(ids, cancellationToken),
        "member" => CurrentAsync<TeamMember>(ids, cancellationToken),
        _ => throw new InvalidOperationException($"Nobody knows how to take back a change of a {kind}."),
    };

    private Task<Dictionary<Guid, IUndoable>> CurrentAsync<T>(Guid[] ids, CancellationToken cancellationToken)
        where T : class, IUndoable =>
        scope.Db.Set<T>().Where(row => ids.Contains(EF.Property<Guid>(row, nameof(IUndoable.Id)))).ToDictionaryAsync(row => row.Id, IUndoable (row) => row, cancellationToken);

    private void Apply(UndoStep step)
    {
        switch (step)
        {
            case { Before: null, Now: { } made }:
                scope.Db.Remove(made);
                break;
            case { Before: { } deleted, Now: null }:
                scope.Db.Recorder!.PutBack(deleted);
                scope.Db.Add(deleted);
                break;
            case { Before: { } before, Now: { } changed }:
                KeepDelivered(before, changed);
                scope.Db.Recorder!.PutBack(changed);
                scope.Db.Entry((object)changed).CurrentValues.SetValues(before);
                break;
        }
    }

    /// <summary>A reminder that has rung does not ring again because its words are taken back; it does when its time is.</summary>
    private static void KeepDelivered(IUndoable before, IUndoable now)
    {
        if (before is Reminders.Reminder reminder && now is Reminders.Reminder rung && reminder.RemindAt == rung.RemindAt)
        {
            reminder.DeliveredAt = rung.DeliveredAt;
        }
    }

    /// <summary>
    /// Whoever is not in a team any more, or only reads there, has none of its todos to do: neither those that are put back nor those given since. A private todo
    /// is not given back to somebody who shares no team with its owner any more.
    /// </summary>
    private async Task LetGoAsync(IReadOnlyList<UndoStep> steps, CancellationToken cancellationToken)
    {
        foreach (var place in steps.Select(step => step.Now).OfType<TeamMember>())
        {
            if (scope.Db.Entry(place).State == EntityState.Deleted || !TeamRules.Works(place.RoleOf()))
            {
                await scope.UnassignAsync(place.TeamId, place.UserId, cancellationToken);
            }
        }

        foreach (var todo in steps.Where(step => step.Before is not null).Select(step => step.Row).OfType<Todo>())
        {
            if (todo is { TeamId: { } team, AssigneeId: { } assignee } && !ComesBack(team, assignee)
                && !(await scope.MembersOf(team).FirstOrDefaultAsync(member => member.UserId == assignee, cancellationToken) is { } place && TeamRules.Works(place.RoleOf())))
            {
                todo.AssigneeId = null;
            }

            // Only its owner can give a private todo to somebody, so the owner is the user.
            if (todo is { TeamId: null, AssigneeId: { } given } && IsGivenBack(todo) && !await scope.TeamMates().ContainsAsync(given, cancellationToken))
            {
                todo.AssigneeId = null;
            }
        }

        bool IsGivenBack(Todo todo) => scope.Db.Entry(todo) is var entry && (entry.State == EntityState.Added || entry.Property(one => one.AssigneeId).IsModified);

        bool ComesBack(Guid team, Guid user) =>
            steps.Any(step => step.Before is TeamMember member && member.TeamId == team && member.UserId == user && TeamRules.Works(member.RoleOf()));
    }
}
