using Convonet.Chaos.Child;
using Convonet.Chaos.Cuts;
using Convonet.Chaos.Parent;

namespace Convonet.Chaos;

/// <summary>
/// Campaigns against the server. Kill (the default): a parent lets processes work through messages with writing tools, kills one after the other, and in the end looks into the database
/// whether everything happened exactly once. <c>docs/exactly-once.md</c> says more. Cut: clients whose lines break.
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        if (args is ["child", .. var rest])
        {
            return await ChildProcess.RunAsync(ChildOptions.Parse(rest));
        }

        if (args is ["cut", .. var cuts])
        {
            return await CutCampaign.RunAsync(cuts);
        }

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
