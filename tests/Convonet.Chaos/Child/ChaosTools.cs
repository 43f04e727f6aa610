using Convonet.Server.Store;
using Convonet.Tools;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;

namespace Convonet.Chaos.Child;

/// <summary>Tools whose effects show how often they ran: no id that derives from the call hides a second run.</summary>
internal sealed class ChaosTools(ProcessLog log)
{
    private static readonly ToolTraits Writes = new() { Effect = ToolEffect.Store };

    public IEnumerable<AIFunction> All() =>
    [
        ToolFactory.Create(AddRow, "add_row", "Adds a row under a random id.", Writes),
        ToolFactory.Create(AddRowAndRefuse, "add_row_and_refuse", "Adds a row, then refuses.", Writes),
        ToolFactory.Create(AddOne, "add_one", "Counts a counter up.", Writes),
        ToolFactory.Create(LookAsync, "look", "Reads a counter.", new ToolTraits { Effect = ToolEffect.None, Source = "a counter" }),
        ToolFactory.Create(Send, "send", "Does something outside the store.", new ToolTraits { Effect = ToolEffect.Outside }),
    ];

    private static ToolCommit AddRow(ToolContext context, string label) => context.Write(async (scope, cancellationToken) =>
    {
        await InsertAsync(scope, label, cancellationToken);
        return new ToolAnswer("Added.");
    });

    private static ToolCommit AddRowAndRefuse(ToolContext context, string label) => context.Write(async (scope, cancellationToken) =>
    {
        await InsertAsync(scope, label, cancellationToken);
        throw new ToolException("Refused.");
    });

    private static ToolCommit AddOne(ToolContext context, string counter) => context.Write(async (scope, cancellationToken) =>
    {
        await scope.Db.Database.ExecuteSqlAsync($"UPDATE chaos_counters SET value = value + 1 WHERE name = {counter}", cancellationToken);
        return new ToolAnswer("Counted.");
    });

    private static Task<ToolAnswer> LookAsync(ToolContext context, string counter, CancellationToken cancellationToken) => context.ReadAsync(
        async (scope, token) =>
        {
            var value = await scope.Db.Database.SqlQuery<int>($"""SELECT value AS "Value" FROM chaos_counters WHERE name = {counter}""").SingleAsync(token);
            return new ToolAnswer($"It is at {value}.");
        },
        cancellationToken);

    private string Send(ToolContext context, string message)
    {
        log.Write("send", $"{message} {context.Key.IdempotencyKey}");
        return "Sent.";
    }

    private static Task<int> InsertAsync(UserScope scope, string label, CancellationToken cancellationToken) =>
        scope.Db.Database.ExecuteSqlAsync($"INSERT INTO chaos_rows (id, label) VALUES ({Guid.NewGuid()}, {label})", cancellationToken);
}
