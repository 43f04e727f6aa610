namespace Convonet.Chaos.Overload;
internal static class OverloadCampaign
{
    public static Task<int> RunAsync(string[] args) => Task.FromResult(2);
}
