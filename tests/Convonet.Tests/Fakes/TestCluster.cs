using System.Net;
using System.Net.Sockets;
using Convonet.Tests.Security;
using Convonet.Voice;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Fakes;

/// <summary>
/// Nodes of one cluster in this process, over PostgreSQL and the Redis that <c>CONVONET_TEST_REDIS</c> names (<c>host:port</c>). <c>.ci/run</c> starts both; without
/// them the tests are skipped.
/// </summary>
internal sealed class TestCluster : IAsyncDisposable
{
    public const string Variable = "CONVONET_TEST_REDIS";

    private readonly string _name = $"test-{Guid.NewGuid():N}"[..20];
    private readonly List<TestServer> _nodes = [];
    private TestDatabase _database = null!;

    private TestCluster()
    {
    }

    /// <summary>Address of the Redis of the tests; without one the test is skipped.</summary>
    public static string Redis()
    {
        var redis = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(redis), $"Needs Redis: set {Variable} to host:port, as .ci/run does.");
        return redis!;
    }

    public static async Task<TestCluster> CreateAsync()
    {
        Redis();
        return new TestCluster { _database = await TestDatabase.CreateAsync(TestDatabase.Postgres) };
    }

    /// <summary>The name that its nodes have in common.</summary>
    public string Name => _name;

    /// <summary>Where the store of all nodes is.</summary>
    public string Database => _database.ConnectionString;

    /// <summary>Starts one more node.</summary>
    /// <param name="script">Writes what its model says.</param>
    /// <param name="tools">Tools besides the built-in ones.</param>
    /// <param name="voice">What it hears and speaks with.</param>
    /// <param name="services">Services besides its own.</param>
    /// <param name="args">Options, as on the command line.</param>
    public async Task<TestServer> StartNodeAsync(Action<ScriptedModel>? script = null, IEnumerable<AIFunction>? tools = null, VoiceEngines? voice = null, Action<IServiceCollection>? services = null, params IEnumerable<string> args)
    {
        var node = await TestServer.StartAsync(
            [.. Arguments(), .. args],
            script: script,
            tools: tools,
            database: _database,
            voice: voice,
            services: services);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Starts one more node as a process of its own, which can be killed. Its demo model answers; tests let nothing begin there.</summary>
    public Task<CanaryProcess> StartProcessAsync() => CanaryProcess.StartAsync(
        new Dictionary<string, string>(),
        [
            "--urls", "http://127.0.0.1:0", "--contentRoot", Repository.PathOf("src", "Convonet.Server"), .. _database.Arguments, .. Arguments(),
            "--Convonet:SpeechToText", "none", "--Convonet:TextToSpeech", "none",
        ]);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await _database.DisposeAsync();
    }

    private string[] Arguments() => ["--Convonet:Cluster", "Redis", "--Convonet:Cluster:Redis", Redis(), "--Convonet:Cluster:Name", _name, "--Convonet:Cluster:Port", $"{FreePort()}"];

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
