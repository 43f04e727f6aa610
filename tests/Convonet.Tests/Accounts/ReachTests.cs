using Convonet.Server.Accounts;
using Microsoft.Extensions.Configuration;

namespace Convonet.Tests.Accounts;

public sealed class ReachTests
{
    private const string Local = "localhost;127.0.0.1;[::1]";

    [Theory]
    [InlineData("http://localhost:5080")]
    [InlineData("http://LOCALHOST")]
    [InlineData("https://127.0.0.1:5081;http://[::1]:5080")]
    [InlineData("http://127.8.9.10:80")]
    public void Of_LoopbackOnly_IsLocal(string urls) => Assert.True(Of(("urls", urls), ("AllowedHosts", Local)).IsLocal);

    [Theory]
    [InlineData("http://*:5080")]
    [InlineData("http://+:5080")]
    [InlineData("http://0.0.0.0:5080")]
    [InlineData("http://[::]:5080")]
    [InlineData("http://192.168.1.7:5080")]
    [InlineData("http://chat.example.com")]
    [InlineData("http://localhost.example.com:5080")]
    [InlineData("http://localhost:5080;http://*:5081")]
    [InlineData("http://unix:/run/convonet.sock")]
    public void Of_AnyOtherAddress_IsNot(string urls)
    {
        var reach = Of(("urls", urls), ("AllowedHosts", Local));

        Assert.False(reach.IsLocal);
        Assert.StartsWith("it listens on ", reach.Beyond, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Kestrel:Endpoints:Http:Url", "http://127.0.0.1:5080", true)]
    [InlineData("Kestrel:Endpoints:Http:Url", "http://0.0.0.0:5080", false)]
    [InlineData("Kestrel:Endpoints:Https:Url", "https://*", false)]
    public void Of_KestrelsEndpoints_CountToo(string key, string url, bool isLocal) =>
        Assert.Equal(isLocal, Of(("urls", "http://localhost:5080"), ("AllowedHosts", Local), (key, url)).IsLocal);

    [Theory]
    [InlineData(Local, true)]
    [InlineData("localhost", true)]
    [InlineData("*", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("localhost;chat.example.com", false)]
    [InlineData("localhost;*.example.com", false)]
    public void Of_AllowedHosts_TellThatAProxyStandsInFront(string? hosts, bool isLocal) =>
        Assert.Equal(isLocal, Of(("urls", "http://localhost:5080"), ("AllowedHosts", hosts)).IsLocal);

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("", true)]
    public void Of_Proxies_LetOthersIn(string proxies, bool isLocal) =>
        Assert.Equal(isLocal, Of(("urls", "http://localhost:5080"), ("AllowedHosts", Local), ("Convonet:Proxies", proxies)).IsLocal);

    [Fact]
    public void Of_NoAddress_Throws() => Assert.Throws<InvalidOperationException>(() => Of(("urls", "localhost:5080"), ("AllowedHosts", Local)));

    private static Reach Of(params (string Key, string? Value)[] settings) =>
        Reach.Of(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(one => KeyValuePair.Create(one.Key, one.Value))).Build());
}
