using System.Net;
using Convonet.Server.Mcp;
using Convonet.Tests.Fakes;
using Microsoft.AspNetCore.Http;

namespace Convonet.Tests.Mcp;

/// <summary>What a server on the network cannot make us do.</summary>
public sealed class McpHttpTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://127.1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://0/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://2852039166/")]
    [InlineData("http://10.0.0.1:8080/")]
    [InlineData("http://192.168.1.1/")]
    [InlineData("http://172.16.0.1/")]
    [InlineData("http://100.64.0.1/")]
    [InlineData("http://224.0.0.1/")]
    [InlineData("http://255.255.255.255/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::]/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://[::ffff:a9fe:a9fe]/")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://[fc00::1]/")]
    [InlineData("http://[fd00:ec2::254]/")]
    [InlineData("http://[64:ff9b::7f00:1]/")]
    [InlineData("http://[2002:7f00:1::]/")]
    [InlineData("http://[ff02::1]/")]
    [InlineData("http://localhost/")]
    public async Task Connect_UrlThatLeadsInside_IsRefused(string url)
    {
        using var http = McpHttp.Create(new McpWay.Http(new Uri(url), new Dictionary<string, string>(), AllowPrivateAddresses: false));

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri(url), Token));

        Assert.IsType<PrivateAddressException>(error.InnerException);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("1.1.1.1", "127.0.0.1")]
    [InlineData("127.0.0.1", "1.1.1.1")]
    [InlineData("2606:4700:4700::1111", "fd00::1")]
    public async Task Connect_PublicNameThatLeadsInside_IsRefused(params string[] addresses)
    {
        var asked = 0;
        IPAddress[] Resolve()
        {
            asked++;
            return [.. addresses.Select(IPAddress.Parse)];
        }

        using var http = McpHttp.Create(
            new McpWay.Http(new Uri("http://mcp.example.com"), new Dictionary<string, string>(), AllowPrivateAddresses: false),
            (_, _) => Task.FromResult(Resolve()));

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri("http://mcp.example.com"), Token));

        // The name is looked up once: what was checked is what is connected to.
        Assert.IsType<PrivateAddressException>(error.InnerException);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Connect_PrivateAddressThatIsAllowed_Connects()
    {
        await using var fake = await FakeMcpServer.StartAsync();
        fake.Instead = context => context.Response.WriteAsync("hello");
        using var http = McpHttp.Create(
            new McpWay.Http(fake.Address, new Dictionary<string, string>(), AllowPrivateAddresses: true), (_, _) => Task.FromResult(new[] { IPAddress.Loopback }));

        Assert.Equal("hello", await http.GetStringAsync(new UriBuilder(fake.Address) { Host = "localhost" }.Uri, Token));
    }

    [Fact]
    public async Task Server_ThatRedirects_IsNotFollowedAndIsDown()
    {
        await using var target = await FakeMcpServer.StartAsync();
        await using var fake = await FakeMcpServer.StartAsync();
        fake.Instead = context =>
        {
            context.Response.Redirect(target.Address.ToString(), permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        };
        await using var server = await TestServer.StartAsync([.. fake.Options(), "--mcpServers:fake:headers:X-Key", "secret"]);

        var down = await server.Mcp().UntilAsync(McpStatus.Down);

        Assert.Equal("It answers with HTTP status 307.", down.Why);
        Assert.Empty(target.Requests);
        Assert.DoesNotContain(server.Log.Lines(), line => line.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Server_AtAPrivateAddressThatIsNotAllowed_IsDownAndSaysHowToAllowIt()
    {
        await using var server = await TestServer.StartAsync(["--mcpServers:inside:url", "https://localhost:1/mcp"]);

        var down = await server.Mcp("inside").UntilAsync(McpStatus.Down);

        Assert.Equal("Its address is private or reserved; 'allowPrivateAddresses' would allow it.", down.Why);
    }

    [Theory]
    [InlineData("12345678901", false, true)]
    [InlineData("1234567890", false, false)]
    [InlineData("data: 12345", true, true)]
    [InlineData("data: 1\n\ndata: 2\n\ndata: 3\n\n", true, false)]
    [InlineData("data: 1\r\n\r\ndata: 2\r\n\r\ndata: 3\r\n\r\n", true, false)]
    [InlineData("data: 1\r\rdata: 2\r\rdata: 3\r\r", true, false)]
    [InlineData("a\r\nb\r\nc\r\nd\r\ne\r\nf\r\n", true, true)]
    [InlineData("a\nb\nc\nd\ne\nf\ng\n", true, true)]
    public async Task Body_LongerThanTenBytesAtOnce_Fails(string body, bool perEvent, bool fails)
    {
        foreach (var piece in new[] { 1, 2, 3, 64 })
        {
            await using var bounded = new BoundedStream(new PiecewiseStream().Text(body, piece), 10, perEvent);
            var reading = bounded.CopyToAsync(Stream.Null, Token);

            Assert.Equal((piece, fails), (piece, await Record.ExceptionAsync(() => reading) is IOException));
        }
    }
}
