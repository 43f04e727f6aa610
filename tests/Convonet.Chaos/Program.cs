using Convonet.Chaos.Child;
using Convonet.Chaos.Cluster;
using Convonet.Chaos.Cuts;
using Convonet.Chaos.Host;
using Convonet.Chaos.Memory;
using Convonet.Chaos.Overload;
using Convonet.Chaos.Parent;
using Convonet.Chaos.Restarts;
using Convonet.Chaos.Serve;

namespace Convonet.Chaos;

/// <summary>
/// Campaigns against the server. Kill (the default): a parent lets processes work through messages with writing tools, kills one after the other, and in the end looks into the database
/// whether everything happened exactly once. <c>docs/exactly-once.md</c> says more. The others are in <c>docs/chaos.md</c>.
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        if (args is ["child", .. var rest])
        {
            return await ChildProcess.RunAsync(ChildOptions.Parse(rest));
        }

        Func<string[], Task<int>>? campaign = args is [var name, ..]
            ? name switch
            {
                "server" => ServerChild.RunAsync,
                "cut" => CutCampaign.RunAsync,
                "restart" => RestartCampaign.RunAsync,
                "host" => HostCampaign.RunAsync,
                "overload" => OverloadCampaign.RunAsync,
                "cluster" => ClusterCampaign.RunAsync,
                "memory" => MemoryCampaign.RunAsync,
                _ => null,
            }
            : null;
        return campaign is null ? await KillAsync(args) : await campaign(args[1..]);
    }

    private static async Task<int> KillAsync(string[] args)
    {
        if (CampaignOptions.Parse(args) is not { } options)
        {
            await Console.Error.WriteLineAsync(CampaignOptions.Usage);
            return 2;
        }

        var passed = true;
        foreach (var kind in options.Databases)
        {
            passed &= await Campaign.RunAsync(kind, options);
        }

        return passed ? 0 : 1;
    }
}
