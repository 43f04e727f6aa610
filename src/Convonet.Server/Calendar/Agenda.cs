using Convonet.Server.Reminders;
using Convonet.Server.Store;
using Convonet.Server.Todos;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Convonet.Server.Calendar;

/// <summary>What lies before a user: events, todos that are due and reminders.</summary>
internal sealed class Agenda(UserScope scope)
{
    /// <summary>Of each kind.</summary>
    private const int MostListed = CalendarBook.MostListed;

    /// <summary>All of a span, in order of time; todos of a day come before what has a time.</summary>
    public async Task<IReadOnlyList<AgendaEntry>> ListAsync(AskedSpan span, CancellationToken cancellationToken)
    {
        var clock = UserClock.Of(scope);
        var events = await new CalendarBook(scope).InAsync(span, MostListed, cancellationToken);
        var todos = await TodosAsync(span, clock, cancellationToken);
        var reminders = await new ReminderList(scope).InAsync(span, MostListed, cancellationToken);
        return
        [
            .. events.Select(one => (At: one.Start, Entry: AgendaEntry.Of(CalendarEventView.Of(one, clock))))
                .Concat(todos.Select(todo => (At: clock.InstantOf(LocalDateTime.FromDateTime(todo.DueDate!.Value)), Entry: AgendaEntry.Of(todo))))
                .Concat(reminders.Select(one => (At: Instant.FromDateTimeUtc(one.RemindAt!.Value), Entry: AgendaEntry.Of(ReminderView.Of(one, clock)))))
                .OrderBy(one => one.At).ThenBy(one => one.Entry.Kind, StringComparer.Ordinal).ThenBy(one => one.Entry.Title, StringComparer.Ordinal)
                .Select(one => one.Entry).Take(MostListed),
        ];
    }

    private Task<Todo[]> TodosAsync(AskedSpan span, UserClock clock, CancellationToken cancellationToken)
    {
        var (from, to) = (clock.LocalOf(span.From).ToDateTimeUnspecified(), clock.LocalOf(span.To).ToDateTimeUnspecified());
        return new TodoList(scope).Visible().Where(todo => !todo.Completed && todo.DueDate >= from && todo.DueDate < to)
            .OrderBy(todo => todo.DueDate).Take(MostListed).ToArrayAsync(cancellationToken);
    }
}

/// <summary>One entry of an agenda, as the page sees it.</summary>
/// <param name="Kind"><c>event</c>, <c>todo</c> or <c>reminder</c>.</param>
/// <param name="Id">Its id.</param>
/// <param name="Title">What it is.</param>
/// <param name="From">When: on the user's clock; a day for a todo that is due on a day.</param>
/// <param name="To">When an event ends.</param>
/// <param name="Importance">Of a todo or a reminder.</param>
/// <param name="Recurrence">How an event recurs.</param>
/// <param name="Delivered">Whether the user was reminded.</param>
internal sealed record AgendaEntry(string Kind, Guid Id, string Title, string From, string? To = null, string? Importance = null, string? Recurrence = null, bool? Delivered = null)
{
    /// <summary>An event.</summary>
    public static AgendaEntry Of(CalendarEventView one) => new("event", one.Id, one.Title, one.EventFrom, one.EventTo, Recurrence: one.Recurrence);

    /// <summary>A todo.</summary>
    public static AgendaEntry Of(Todo todo) => new("todo", todo.Id, todo.Title, TodoView.Date(todo.DueDate)!, Importance: todo.Priority);

    /// <summary>A reminder.</summary>
    public static AgendaEntry Of(ReminderView one) => new("reminder", one.Id, one.Text, one.RemindAt!, Importance: one.Importance, Delivered: one.Delivered);

    /// <summary>One line of a list for models.</summary>
    public string Line() => $"{Kind} {Written.Quote(Title)} ({Details()}) id: {Id}";

    private string Details() => Kind switch
    {
        "event" => $"{Short(From)} to {Short(To!)}{(Recurrence is null ? "" : $", repeats {Recurrence}")}",
        "todo" => $"open, {Importance}, due {Short(From)}",
        _ => $"{Importance}, at {Short(From)}{(Delivered is true ? ", delivered" : "")}",
    };

    private static string Short(string time) => time.Length <= UserClock.Minutes.Length ? time : time[..UserClock.Minutes.Length];
}
