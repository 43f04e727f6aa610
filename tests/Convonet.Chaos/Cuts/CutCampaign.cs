using System.Diagnostics;
using System.Globalization;
using Convonet.Chaos.Parent;
using Convonet.Chaos.Serve;
using Convonet.Server.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Chaos.Cuts;

/// <summary>Clients with broken lines talk to the real server; in the end each must have each answer, every character once and in order, and the store each message once.</summary>
internal static class CutCampaign
{
    /// <summary>A few answers may be shorter on the line than was drawn; a campaign in which more of them were never cut shows less than it says.</summary>
    private const double MostNotCut = 0.03;

    public static async Task<int> RunAsync(string[] args)
    {
        if (CutOptions.Parse(args) is not { } options)
        {
            await Console.Error.WriteLineAsync(CutOptions.Usage);
            return 2;
        }

        var directory = Directory.CreateTempSubdirectory("convonet-cuts-").FullName;
        var findings = new Findings();
        var clock = Stopwatch.StartNew();
        await using (var app = await StartAsync(directory))
        {
            var address = new UriBuilder(app.Urls.First()) { Scheme = "ws", Path = "/voice" }.Uri;
            Console.WriteLine($"cut, {options.Turns} turns, {options.Clients} clients, gaps up to {options.LongestGap.TotalSeconds:0} s, seed {options.Seed}{(options.Naive ? ", naive" : "")}");
            CutClient[] clients = [.. Enumerable.Range(0, options.Clients).Select(number => new CutClient(number, address, options, findings))];
            await Task.WhenAll(clients.Select((client, number) => Task.Run(() => client.RunAsync((options.Turns + options.Clients - 1 - number) / options.Clients))));
            await CheckStoreAsync(app, options, findings);
            int[] cuts = [.. clients.SelectMany(client => client.Cuts)];
            var isCut = cuts.Count(count => count > 0);
            findings.Fact(string.Create(
                CultureInfo.InvariantCulture,
                $"cut          {cuts.Sum()} lines, {clients.Sum(client => client.CutsInAnswers)} of them in the middle of the answer; {clients.Sum(client => client.Snapshots)} snapshots in place of events"));
            findings.Fact(string.Create(CultureInfo.InvariantCulture, $"messages     {isCut} of {cuts.Length} cut at least once, {string.Join(", ", cuts.Order().CountBy(static count => count).Select(static one => $"{one.Value} {one.Key}×"))}"));
            findings.Holds(cuts.Length - isCut <= MostNotCut * options.Turns, "not cut", $"{cuts.Length - isCut} of {cuts.Length} messages: they show nothing");
        }

        findings.Fact($@"elapsed      {clock.Elapsed:mm\:ss}");
        findings.Print();
        Console.WriteLine(findings.IsClean ? "PASSED" : "FAILED");
        Directory.Delete(directory, recursive: true);
        return findings.IsClean ? 0 : 1;
    }

    private static async Task<WebApplication> StartAsync(string directory)
    {
        var app = await ServedApp.BuildAsync($"Data Source={Path.Combine(directory, "store.db")}", new CountingModel(), "--Convonet:Admission:MaxTurnsOfUser", "1000");
        await app.StartAsync();
        return app;
    }

    private static async Task CheckStoreAsync(WebApplication app, CutOptions options, Findings findings)
    {
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<ConvonetDb>>().CreateDbContextAsync();
        var turns = await db.Turns.Select(turn => new { turn.Id, turn.ConversationId, turn.Number, turn.Text, turn.Outcome, turn.Error, Shown = turn.Shown.Length, turn.AcceptedAt, turn.EndedAt }).ToArrayAsync();
        foreach (var message in turns.GroupBy(turn => turn.Text))
        {
            findings.Once($"turns of {message.Key}", message.Count());
        }

        findings.Once("messages in the store", turns.Select(turn => turn.Text).Distinct().Count(), options.Turns);
        foreach (var turn in turns.Where(turn => turn.Outcome != "Completed"))
        {
            findings.Add("not completed", string.Create(
                CultureInfo.InvariantCulture,
                $"{turn.Text} (turn {turn.Id}, number {turn.Number} of {turn.ConversationId}): {turn.Outcome ?? "not ended"}, error {turn.Error ?? "none"}, {turn.Shown} characters shown, accepted {turn.AcceptedAt:HH:mm:ss.fff}, ended {turn.EndedAt:HH:mm:ss.fff}"));
        }
    }
}
