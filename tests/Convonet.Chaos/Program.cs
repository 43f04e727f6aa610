using Convonet.Chaos.Child;
using Convonet.Chaos.Parent;

namespace Convonet.Chaos;

/// <summary>
/// The kill campaign: a parent lets processes work through messages with writing tools, kills one after the other, and in the end looks into the database
/// whether everything happened exactly once. <c>docs/exactly-once.md</c> says more.
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        if (args is ["child", .. var rest])
        {
            return await ChildProcess.RunAsync(ChildOptions.Parse(rest));
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
