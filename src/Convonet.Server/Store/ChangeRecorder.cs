using System.Text.Json;
using Convonet.Server.Conversations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Convonet.Server.Store;

/// <summary>Writes down what a transaction changes of the users' things, in the same transaction, and collects who is to hear of it.</summary>
internal sealed class ChangeRecorder(ChangeSet set)
{
    private readonly HashSet<string> _kinds = [];
    private readonly HashSet<Guid> _users = [];
    private readonly HashSet<Guid> _teams = [];
    private readonly HashSet<IUndoable> _putBack = new(ReferenceEqualityComparer.Instance);
    private bool _added;

    /// <summary>The set; its summary may be written until the transaction ends.</summary>
    public ChangeSet Set => set;

    /// <summary>Kinds of things that changed.</summary>
    public IReadOnlyCollection<string> Kinds => _kinds;

    /// <summary>Users who are to hear of it.</summary>
    public IReadOnlyCollection<Guid> Users => _users;

    /// <summary>Teams whose members are to hear of it.</summary>
    public IReadOnlyCollection<Guid> Teams => _teams;

    /// <summary>Tells that a row becomes again what it was, its version included.</summary>
    public void PutBack(IUndoable entity) => _putBack.Add(entity);

    /// <summary>Called before changes are saved.</summary>
    public void Note(ConvonetDb db)
    {
        var changed = db.ChangeTracker.Entries<IUndoable>().Where(entry => entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted).ToArray();
        foreach (var entry in changed)
        {
            Note(db, entry);
        }
    }

    /// <summary>The words for all kinds of things.</summary>
    public static IReadOnlyList<string> AllKinds { get; } = [ConversationLibrary.Kind, "event", "member", "reminder", "team", "todo"];

    /// <summary>The word for a kind of thing.</summary>
    public static string KindOf(IUndoable entity) => Types.First(one => one.Value == entity.GetType()).Key;

    /// <summary>The type behind such a word.</summary>
    public static Type TypeOf(string kind) => Types[kind];

    private static readonly Dictionary<string, Type> Types = new()
    {
        ["todo"] = typeof(Todos.Todo),
        ["reminder"] = typeof(Reminders.Reminder),
        ["event"] = typeof(Calendar.CalendarEvent),
        ["team"] = typeof(Teams.Team),
        ["member"] = typeof(Teams.TeamMember),
    };

    private void Note(ConvonetDb db, EntityEntry<IUndoable> entry)
    {
        var before = entry.State == EntityState.Added ? null : (IUndoable)entry.OriginalValues.ToObject();
        if (entry.State != EntityState.Deleted && !_putBack.Remove(entry.Entity))
        {
            entry.Entity.Version = (before?.Version ?? entry.Entity.Version) + 1;
        }

        _kinds.Add(KindOf(entry.Entity));
        Tell(entry.Entity.Audience);
        if (before is not null)
        {
            Tell(before.Audience);
        }

        if (!_added)
        {
            db.ChangeSets.Add(set);
            _added = true;
        }

        db.Add(new Change
        {
            Id = Guid.CreateVersion7(),
            ChangeSetId = set.Id,
            Place = set.Changes.Count,
            Kind = KindOf(entry.Entity),
            EntityId = entry.Entity.Id,
            Before = before is null ? null : JsonSerializer.Serialize(before, before.GetType()),
            VersionAfter = entry.State == EntityState.Deleted ? null : entry.Entity.Version,
        });
    }

    private void Tell(Audience audience)
    {
        _users.UnionWith(audience.Users.OfType<Guid>());
        _teams.UnionWith(audience.Teams.OfType<Guid>());
    }
}
