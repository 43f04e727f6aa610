using Convonet.Server;
using Convonet.Server.Cluster;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Cluster;

/// <summary>Settings with which a node must not start.</summary>
public sealed class ClusterSettingsTests
{
    private const string Postgres = "Host=127.0.0.1;Database=none;Username=nobody";

    public static TheoryData<string[], string> Wrong => new()
    {
        { ["--Convonet:Cluster", "Kafka"], "Convonet:Cluster is 'Redis'" },
        { ["--Convonet:Cluster", "Redis", "--Convonet:Database", "Data Source=some.db"], "PostgreSQL" },
        { ["--Convonet:Cluster", "Redis", "--Convonet:Database", Postgres, "--Convonet:Cluster:Redis", "redis.example.com:6379"], "password" },
        { ["--Convonet:Cluster", "Redis", "--Convonet:Database", Postgres, "--Convonet:Cluster:Address", "node1"], "IP address" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Start_WithSettingsThatCannotWork_SaysWhy(string[] args, string why)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => ServerHost.BuildAsync(["--urls", "http://127.0.0.1:0", "--contentRoot", Repository.PathOf("src", "Convonet.Server"), .. args]));

        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vm", 5000)]
    [InlineData("vm", 65535)]
    [InlineData("a-machine-whose-name-is-as-long-as-a-machine-s-name-may-ever-become", 11111)]
    public void Name_OfANode_FitsTheStoreAndIsNewEachTime(string machine, int port)
    {
        var (first, second) = (NodeIdentity.New(machine, port), NodeIdentity.New(machine, port));

        Assert.InRange(first.Name.Length, 1, NodeIdentity.Longest);
        Assert.NotEqual(first, second);
    }
}
