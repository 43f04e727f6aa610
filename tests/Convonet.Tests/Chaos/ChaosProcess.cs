using System.Diagnostics;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Chaos;

/// <summary>Runs a campaign of <c>tests/Convonet.Chaos</c> in a process of its own.</summary>
internal static class ChaosProcess
{
#if DEBUG
    private const string Configuration = "debug";
#else
    private const string Configuration = "release";
#endif

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <summary>Those that take long run where <c>CONVONET_CAMPAIGNS</c> is set, as in <c>.ci/run</c>.</summary>
    public static void SkipUnlessCampaigns() =>
        Assert.SkipUnless(Environment.GetEnvironmentVariable("CONVONET_CAMPAIGNS") is { Length: > 0 }, "A campaign that takes long: set CONVONET_CAMPAIGNS=1, as .ci/run does.");

    public static async Task<(int ExitCode, string Said)> RunAsync(params string[] arguments)
    {
        string[] all = [Repository.PathOf("artifacts", "bin", "Convonet.Chaos", Configuration, "Convonet.Chaos.dll"), .. arguments];
        using var campaign = Process.Start(new ProcessStartInfo("dotnet", all) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            var said = await Task.WhenAll(campaign.StandardOutput.ReadToEndAsync(limit.Token), campaign.StandardError.ReadToEndAsync(limit.Token));
            await campaign.WaitForExitAsync(limit.Token);

            // Also when all is well: what was drawn, what was done, and the figures are worth keeping.
            TestContext.Current.TestOutputHelper?.WriteLine($"{string.Join(' ', arguments)}\n{string.Concat(said)}");
            return (campaign.ExitCode, string.Concat(said));
        }
        finally
        {
            if (!campaign.HasExited)
            {
                campaign.Kill(entireProcessTree: true);
            }
        }
    }
}
