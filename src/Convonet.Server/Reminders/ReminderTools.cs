using System.ComponentModel;
using Convonet.Server.Store;
using Convonet.Server.Todos;
using Convonet.Tools;
using Microsoft.Extensions.AI;

namespace Convonet.Server.Reminders;

/// <summary>The assistant's tools for reminders.</summary>
internal static class ReminderTools
{
    /// <summary>How many reminders a model is told of; the page has more.</summary>
    private const int MostTold = 100;

    private const string Date = "When: yyyy-MM-ddTHH:mm in the user's time, or yyyy-MM-dd for nine o'clock that day.";

    private static readonly ToolTraits Creates = new() { Effect = ToolEffect.Store, OncePerTurn = true };
    private static readonly ToolTraits Writes = new() { Effect = ToolEffect.Store };
    private static readonly ToolTraits Reads = new() { Effect = ToolEffect.None, Source = "the user's reminders" };

    /// <summary>All of them.</summary>
    public static IEnumerable<AIFunction> All() =>
    [
        ToolFactory.Create(Create, "create_reminder", "Reminds the user of something: at the given time, or as a note when there is none.", Creates),
        ToolFactory.Create(ListAsync, "get_reminders", "Lists the user's reminders: those to come first, then those that were delivered.", Reads),
        ToolFactory.Create(Update, "update_reminder", "Changes a reminder; what is left out stays. Call get_reminders first to find its id.", Writes),
        ToolFactory.Create(Delete, "delete_reminder", "Deletes a reminder. Call get_reminders first to find its id.", Writes),
    ];

    private static ToolCommit Create(
        ToolContext context,
        [Description("What to be reminded of.")] string reminder_text,
        [Description("low, medium, high or urgent.")] Importance importance = Importance.Medium,
        [Description(Date)] string? reminder_date = null) =>
        context.Write((scope, _) =>
        {
            var created = new ReminderList(scope).Create(new NewReminder { Text = reminder_text, Importance = importance, RemindAt = reminder_date });
            return Task.FromResult(new ToolAnswer(created.Told("Created"), created));
        });

    private static Task<ToolAnswer> ListAsync(ToolContext context, CancellationToken cancellationToken) => context.ReadAsync(
        async (scope, token) =>
        {
            var reminders = await new ReminderList(scope).ListAsync(token);
            return new ToolAnswer(Written.List("reminder", "reminders", [.. reminders.Take(MostTold).Select(one => one.Line())], reminders.Count - MostTold), reminders.Take(MostTold));
        },
        cancellationToken);

    private static ToolCommit Update(
        ToolContext context,
        [Description("The reminder's id.")] Guid id,
        [Description("What to be reminded of.")] string? reminder_text = null,
        [Description("low, medium, high or urgent.")] Importance? importance = null,
        [Description(Date + " An empty text takes the time away.")] string? reminder_date = null) =>
        context.Write(async (scope, cancellationToken) =>
        {
            var patch = new ReminderPatch { Importance = importance };

            // A model that sends null for a parameter that it leaves out must not take anything away.
            patch = reminder_text is null ? patch : patch with { Text = reminder_text };
            patch = reminder_date is null ? patch : patch with { RemindAt = reminder_date };
            var changed = await new ReminderList(scope).UpdateAsync(id, patch, cancellationToken);
            return new ToolAnswer(changed.Told("Updated"), changed);
        });

    private static ToolCommit Delete(ToolContext context, [Description("The reminder's id.")] Guid id) => context.Write(async (scope, cancellationToken) =>
    {
        var deleted = await new ReminderList(scope).DeleteAsync(id, cancellationToken);
        return new ToolAnswer(deleted.Told("Deleted"), deleted);
    });
}
