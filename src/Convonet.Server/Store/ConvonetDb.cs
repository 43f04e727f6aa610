using Convonet.Server.Calendar;
using Convonet.Server.Reminders;
using Convonet.Server.Todos;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Store;

/// <summary>The one relational store.</summary>
public sealed class ConvonetDb(DbContextOptions<ConvonetDb> options) : DbContext(options)
{
    /// <summary>Things to do.</summary>
    public DbSet<Todo> Todos => Set<Todo>();

    /// <summary>Things to be reminded of.</summary>
    public DbSet<Reminder> Reminders => Set<Reminder>();

    /// <summary>Appointments.</summary>
    public DbSet<CalendarEvent> CalendarEvents => Set<CalendarEvent>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Todo>().ToTable("todos").HasIndex(todo => todo.CreatedAt);
        modelBuilder.Entity<Reminder>().ToTable("reminders").HasIndex(reminder => reminder.CreatedAt);
        modelBuilder.Entity<CalendarEvent>().ToTable("calendar_events").HasIndex(appointment => appointment.Start);
    }
}
