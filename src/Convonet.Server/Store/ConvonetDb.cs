using Convonet.Server.Accounts;
using Convonet.Server.Calendar;
using Convonet.Server.Cluster;
using Convonet.Server.Conversations;
using Convonet.Server.Mcp;
using Convonet.Server.Reminders;
using Convonet.Server.Teams;
using Convonet.Server.Todos;
using Convonet.Server.Usage;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Convonet.Server.Store;

/// <summary>The one relational store. Each database that it can stand on has a class of its own, for its migrations.</summary>
public abstract class ConvonetDb(DbContextOptions options) : IdentityUserContext<AppUser, Guid>(options), IDataProtectionKeyContext
{
    /// <summary>Things to do.</summary>
    public DbSet<Todo> Todos => Set<Todo>();

    /// <summary>Things to be reminded of.</summary>
    public DbSet<Reminder> Reminders => Set<Reminder>();

    /// <summary>Appointments.</summary>
    public DbSet<CalendarEvent> CalendarEvents => Set<CalendarEvent>();

    /// <summary>Teams.</summary>
    public DbSet<Team> Teams => Set<Team>();

    /// <summary>Who is in which team.</summary>
    public DbSet<TeamMember> TeamMembers => Set<TeamMember>();

    /// <summary>What was changed by whom.</summary>
    public DbSet<ChangeSet> ChangeSets => Set<ChangeSet>();

    /// <summary>Conversations.</summary>
    public DbSet<StoredConversation> Conversations => Set<StoredConversation>();

    /// <summary>Their turns.</summary>
    public DbSet<StoredTurn> Turns => Set<StoredTurn>();

    /// <summary>The turns' steps.</summary>
    public DbSet<StoredStep> Steps => Set<StoredStep>();

    /// <summary>Shown text of steps that have not ended.</summary>
    public DbSet<StoredPiece> Pieces => Set<StoredPiece>();

    /// <summary>The plan.</summary>
    public DbSet<StoredCall> Calls => Set<StoredCall>();

    /// <summary>The ledger.</summary>
    public DbSet<StoredResult> Results => Set<StoredResult>();

    /// <summary>What was used, and what it cost.</summary>
    public DbSet<StoredUsage> Usage => Set<StoredUsage>();

    /// <summary>The nodes of a cluster.</summary>
    public DbSet<StoredNode> Nodes => Set<StoredNode>();

    /// <summary>The tool definitions of MCP servers that were agreed to.</summary>
    public DbSet<McpPin> McpPins => Set<McpPin>();

    /// <summary>The keys that cookies and tokens are protected with: a restart signs nobody out.</summary>
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <summary>How writes get in line; set by whoever made this context.</summary>
    internal WriterGate Gate { get; set; } = WriterGate.Open;

    /// <summary>Notes what <see cref="DbContext.SaveChangesAsync(CancellationToken)"/> changes; null when nobody has to know.</summary>
    internal ChangeRecorder? Recorder { get; set; }

    /// <summary>Whether nothing may be written.</summary>
    internal bool IsReadOnly { get; set; }

    /// <summary>Makes it as new for its next user, in what the store's own code sets; its connection is closed.</summary>
    internal void Reset()
    {
        Database.GetDbConnection().Close();
        ChangeTracker.Clear();
        ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.TrackAll;
        (Recorder, IsReadOnly) = (null, false);
    }

    /// <inheritdoc/>
    public override int SaveChanges(bool acceptAllChangesOnSuccess) => throw new NotSupportedException("Writes wait for each other: use SaveChangesAsync.");

    /// <inheritdoc/>
    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        if (IsReadOnly)
        {
            throw new InvalidOperationException("A tool's work only reads. What it writes goes into its commit.");
        }

        using var turn = await Gate.EnterAsync(cancellationToken);
        StoredText.Clean(ChangeTracker);
        Recorder?.Note(this);
        return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        NameAccounts(builder);
        builder.Entity<Todo>(todo =>
        {
            todo.ToTable("todos").HasIndex(one => one.CreatedAt);
            todo.HasIndex(one => one.OwnerId);
            todo.HasIndex(one => one.AssigneeId);
            todo.HasIndex(one => one.TeamId);
        });
        builder.Entity<Reminder>(reminder =>
        {
            reminder.ToTable("reminders").HasIndex(one => one.CreatedAt);
            reminder.HasIndex(one => one.OwnerId);
            reminder.HasIndex(one => new { one.DeliveredAt, one.RemindAt });
        });
        builder.Entity<CalendarEvent>(appointment =>
        {
            appointment.ToTable("calendar_events").HasIndex(one => one.Start);
            appointment.HasIndex(one => new { one.OwnerId, one.StartsAt });
        });
        builder.Entity<Team>().ToTable("teams").HasIndex(one => one.Name);
        builder.Entity<TeamMember>(member =>
        {
            member.ToTable("team_members").HasIndex(one => new { one.TeamId, one.UserId }).IsUnique();
            member.HasIndex(one => one.UserId);
            member.HasOne<Team>().WithMany().HasForeignKey(one => one.TeamId);
        });
        builder.Entity<ChangeSet>(set =>
        {
            set.ToTable("change_sets").HasIndex(one => new { one.UserId, one.MadeAt });
            set.HasIndex(one => one.MadeAt);
            set.HasMany(one => one.Changes).WithOne().HasForeignKey(one => one.ChangeSetId);
        });
        builder.Entity<Change>().ToTable("changes");
        builder.Entity<StoredNode>(node =>
        {
            node.ToTable("nodes").HasKey(one => one.Name);
            node.Property(one => one.Name).HasColumnName("name").HasMaxLength(64);
            node.Property(one => one.AliveUntil).HasColumnName("alive_until");
        });
        builder.Entity<McpPin>().ToTable("mcp_pins").HasKey(one => one.Server);
        builder.Entity<DataProtectionKey>().ToTable("data_protection_keys");
        AddConversations(builder);
        AddUsage(builder);
        FitDates(builder);
        foreach (var undoable in builder.Model.GetEntityTypes().Where(type => typeof(IUndoable).IsAssignableFrom(type.ClrType)))
        {
            builder.Entity(undoable.ClrType).Ignore(nameof(IUndoable.Audience));
            builder.Entity(undoable.ClrType).Property(nameof(IUndoable.Version)).IsConcurrencyToken();
        }
    }

    private static void NameAccounts(ModelBuilder builder)
    {
        builder.Entity<AppUser>().ToTable("users");
        builder.Entity<IdentityUserClaim<Guid>>().ToTable("user_claims");
        builder.Entity<IdentityUserLogin<Guid>>().ToTable("user_logins");
        builder.Entity<IdentityUserToken<Guid>>().ToTable("user_tokens");
        builder.Entity<AppUser>().HasIndex(one => one.NormalizedEmail).HasDatabaseName("EmailIndex").IsUnique();
        builder.Entity<AppUser>().HasIndex(one => one.CalendarLinkHash).IsUnique();
    }

    private static void AddConversations(ModelBuilder builder)
    {
        builder.Entity<StoredConversation>().ToTable("conversations").HasIndex(one => new { one.UserId, one.UsedAt });
        builder.Entity<StoredTurn>(turn =>
        {
            turn.ToTable("turns").HasIndex(one => new { one.ConversationId, one.Number }).IsUnique();
            turn.HasIndex(one => new { one.UserId, one.ConversationId, one.ClientMsgId }).IsUnique();
            turn.HasIndex(one => one.EndedAt);
            turn.HasOne<StoredConversation>().WithMany().HasForeignKey(one => one.ConversationId);
        });
        builder.Entity<StoredStep>(step =>
        {
            step.ToTable("steps").HasKey(one => new { one.TurnId, one.Round });
            step.HasOne<StoredTurn>().WithMany().HasForeignKey(one => one.TurnId);
        });
        builder.Entity<StoredPiece>(piece =>
        {
            piece.ToTable("pieces").HasKey(one => new { one.TurnId, one.OwnerEpoch, one.At });
            piece.HasOne<StoredTurn>().WithMany().HasForeignKey(one => one.TurnId);
        });
        builder.Entity<StoredCall>(planned =>
        {
            planned.ToTable("calls").HasKey(one => new { one.UserId, one.TurnId, one.Step, one.Ordinal });
            planned.HasOne<StoredTurn>().WithMany().HasForeignKey(one => one.TurnId);
            planned.HasIndex(one => new { one.TurnId, one.Tool, one.ArgumentsHash });
        });
        builder.Entity<StoredResult>(result =>
        {
            result.ToTable("results").HasKey(one => new { one.UserId, one.TurnId, one.Step, one.Ordinal });
            result.HasOne<StoredCall>().WithOne().HasForeignKey<StoredResult>(one => new { one.UserId, one.TurnId, one.Step, one.Ordinal });
        });
    }

    private static void AddUsage(ModelBuilder builder) => builder.Entity<StoredUsage>(usage =>
    {
        // No key to conversations: what was spent stays when they go.
        usage.ToTable("usage").HasIndex(one => new { one.UserId, one.Day });
        usage.HasIndex(one => new { one.ConversationId, one.Turn });
        usage.HasIndex(one => one.UsedAt);
    });

    /// <summary>Names that end in <c>At</c> are instants in UTC; every other date is on somebody's clock.</summary>
    private void FitDates(ModelBuilder builder)
    {
        var utc = new ValueConverter<DateTime, DateTime>(value => value, value => DateTime.SpecifyKind(value, DateTimeKind.Utc));
        var wall = new ValueConverter<DateTime, DateTime>(value => DateTime.SpecifyKind(value, DateTimeKind.Unspecified), value => value);
        foreach (var property in builder.Model.GetEntityTypes().SelectMany(type => type.GetProperties()).Where(one => (Nullable.GetUnderlyingType(one.ClrType) ?? one.ClrType) == typeof(DateTime)))
        {
            var isInstant = property.Name.EndsWith("At", StringComparison.Ordinal) || property.Name == nameof(StoredNode.AliveUntil);
            property.SetValueConverter(isInstant ? utc : wall);
            if (Database.IsNpgsql())
            {
                property.SetColumnType(isInstant ? "timestamp with time zone" : "timestamp without time zone");
            }
        }
    }
}
