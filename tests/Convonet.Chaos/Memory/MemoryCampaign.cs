using System.Diagnostics;
using System.Globalization;
using Convonet.Chaos.Parent;
using Convonet.Chaos.Serve;
using Convonet.Conversations;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Chaos.Memory;

/// <summary>
/// Thousands of turns through one server, in this process so that its heap can be read: clients come, talk and go. Idle again and collected, it must hold what it held after the
/// first hundreds.
/// </summary>
internal static class MemoryCampaign
{
    private const int TurnsOfAConversation = 10;
    private const int Clients = 16;
    private const double Allowed = 0.10;

    public static async Task<int> RunAsync(string[] args)
    {
        var options = new Arguments(args, "turns", "warmup", "leak");
        var (turns, warmUp) = (options.Number("turns", 10_000), options.Number("warmup", 500));
        LeakingModel.BytesOfATurn = options.Number("leak", 0);
        Console.WriteLine($"memory, {turns} turns after {warmUp} to warm up{(LeakingModel.BytesOfATurn > 0 ? $", {LeakingModel.BytesOfATurn} bytes of each kept" : "")}");
        using var directory = new TemporaryFolder("convonet-memory-");
        var findings = new Findings();
        var clock = Stopwatch.StartNew();
        await using (var app = await ServedApp.BuildAsync(
            directory.Store, new LeakingModel(), "--Convonet:Admission:MaxTurnsOfUser", "1000", "--Convonet:Conversation:IdleTime", "00:00:01"))
        {
            await app.StartAsync();
            var voice = new UriBuilder(app.Urls.First()) { Scheme = "ws", Path = "/voice" }.Uri;
            var directoryOf = app.Services.GetRequiredService<LocalConversationDirectory>();
            await TalkAsync(voice, warmUp, findings);
            var before = await IdleAsync(directoryOf, findings);
            await TalkAsync(voice, turns, findings);
            var peak = GC.GetTotalMemory(forceFullCollection: false);
            var after = await IdleAsync(directoryOf, findings);
            var growth = ((double)after / before) - 1;
            findings.Fact(string.Create(CultureInfo.InvariantCulture, $"heap         {before / 1024:N0} KB after the first turns, {peak / 1024:N0} KB at the end of all, {after / 1024:N0} KB idle and collected: {growth:+0.0 %;-0.0 %}"));
            findings.Fact(string.Create(CultureInfo.InvariantCulture, $"resident     {Environment.WorkingSet / 1024:N0} KB in the end, the clients' share included"));
            findings.Holds(growth <= Allowed, "leaked", string.Create(CultureInfo.InvariantCulture, $"{(after - before) / 1024:N0} KB"));
        }

        findings.Fact($@"elapsed      {clock.Elapsed:mm\:ss}");
        return findings.Conclude();
    }

    private static Task TalkAsync(Uri voice, int turns, Findings findings) => Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(30));
        for (var left = (turns + Clients - 1 - client) / Clients; left > 0; left -= TurnsOfAConversation)
        {
            using var line = await VoiceLine.ConnectAsync(voice, limit.Token);
            for (var turn = 0; turn < Math.Min(left, TurnsOfAConversation); turn++)
            {
                await line.AskAsync("Say something.", $"{Guid.NewGuid():N}", limit.Token);
                var end = await line.UntilAsync(heard => heard.Name is "agent_response" or "error", limit.Token);
                findings.Holds(end["outcome"] == "completed", "not completed", end.Data.GetRawText());
            }
        }
    }));

    /// <summary>Waits until the server has let go of every conversation, and collects.</summary>
    private static async Task<long> IdleAsync(LocalConversationDirectory directory, Findings findings)
    {
        for (var look = 0; look < 20 && directory.Count > 0; look++)
        {
            await Task.Delay(TimeSpan.FromSeconds(0.5));
            await directory.SweepAsync();
        }

        findings.Holds(directory.Count == 0, "kept", $"{directory.Count} conversations");
        for (var round = 0; round < 3; round++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
