using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Convonet.Server.Mcp;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Convonet.Tests.Mcp;

/// <summary>Our tools at <c>/mcp</c>, used by the official client.</summary>
public sealed class McpEndpointTests : IAsyncLifetime
{
    private readonly List<McpClient> _clients = [];
    private TestServer _server = null!;
    private TestUser _anna = null!;
    private TestUser _ben = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _anna = await _server.RegisterAsync("anna@example.com");
        _ben = await _server.RegisterAsync("ben@example.com", "Ben Beispiel");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        _anna.Dispose();
        _ben.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("2025-11-25")]
    [InlineData("2025-03-26")]
    public async Task List_BySignedInUser_HasEveryToolOfOursWithItsHints(string? revision)
    {
        var tools = await (await ConnectAsync(_anna, revision)).ListToolsAsync(cancellationToken: Token);

        Assert.Equal(_server.Services.GetRequiredService<ToolCatalog>().Own.Select(tool => tool.Name), tools.Select(tool => tool.Name));
        Assert.Equal(
            [("get_todos", true, false), ("create_todo", false, false), ("delete_todo", false, true)],
            new[] { "get_todos", "create_todo", "delete_todo" }.Select(name => tools.Single(tool => tool.Name == name).ProtocolTool.Annotations!)
                .Select((hints, i) => (new[] { "get_todos", "create_todo", "delete_todo" }[i], hints.ReadOnlyHint!.Value, hints.DestructiveHint!.Value)));
        Assert.All(tools, tool => Assert.DoesNotContain("user_id", tool.JsonSchema.GetRawText(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_ByTwoUsers_EachHasTheirOwn()
    {
        var (anna, ben) = (await ConnectAsync(_anna), await ConnectAsync(_ben));

        var created = await CallAsync(anna, "create_todo", new { title = "buy milk" });
        var annas = await CallAsync(anna, "get_todos");
        var bens = await CallAsync(ben, "get_todos");

        Assert.StartsWith("""Created todo "buy milk". id: """, Text(created), StringComparison.Ordinal);
        Assert.Contains("buy milk", Text(annas), StringComparison.Ordinal);
        Assert.Equal("buy milk", annas.StructuredContent!.Value.GetProperty("items")[0].GetProperty("title").GetString());
        Assert.DoesNotContain("buy milk", Text(bens), StringComparison.Ordinal);
        Assert.DoesNotContain(new[] { created, annas, bens }, result => result.IsError == true);
    }

    [Fact]
    public async Task Call_ByTheLocalOwner_NeedsNoToken()
    {
        var owner = await ConnectAsync(user: null);

        Assert.NotEqual(true, (await CallAsync(owner, "create_todo", new { title = "mine" })).IsError);
    }

    [Fact]
    public async Task Call_ForeignAndUnknownId_AreTheSameError()
    {
        var (anna, ben) = (await ConnectAsync(_anna), await ConnectAsync(_ben));
        var id = IdOf(await CallAsync(anna, "create_todo", new { title = "buy milk" }));

        var foreign = await CallAsync(ben, "delete_todo", new { id });
        var unknown = await CallAsync(ben, "delete_todo", new { id = Guid.NewGuid() });

        Assert.True(foreign.IsError);
        Assert.Equal(Text(unknown), Text(foreign));
        Assert.Contains("buy milk", Text(await CallAsync(anna, "get_todos")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_WrongArguments_IsAnErrorThatSaysSo()
    {
        var result = await CallAsync(await ConnectAsync(_anna), "create_todo", new { priority = "high" });

        Assert.True(result.IsError);
        Assert.Contains("title", Text(result), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_UnknownTool_IsRefused()
    {
        var client = await ConnectAsync(_anna);

        var error = await Assert.ThrowsAsync<McpProtocolException>(() => CallAsync(client, "verify_user_pin"));

        Assert.Equal(McpErrorCode.InvalidParams, error.ErrorCode);
    }

    [Fact]
    public async Task Call_AgainWithTheSameKey_HasTheFirstResultAndHappensOnce()
    {
        var client = await ConnectAsync(_anna);

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => CallAsync(client, "create_todo", new { title = "buy milk" }, "k1")));
        var later = await CallAsync(await ConnectAsync(_anna), "create_todo", new { title = "buy milk" }, "k1");
        var other = await CallAsync(client, "create_todo", new { title = "buy milk" }, "k2");

        Assert.Single(results.Append(later).Select(Text).Distinct());
        Assert.NotEqual(Text(later), Text(other));
        Assert.Equal(2, (await CallAsync(client, "get_todos")).StructuredContent!.Value.GetProperty("items").GetArrayLength());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("k1")]
    public async Task Call_ThatTheUserMustAllow_IsNotRun(string? key)
    {
        await using var server = await TestServer.StartAsync(["--Convonet:Tools:Confirm", "create_*"]);
        var client = await ConnectAsync(new Uri(server.Address, "/mcp"));

        var result = await CallAsync(client, "create_todo", new { title = "buy milk" }, key);
        var allowed = await CallAsync(client, "delete_todo", new { id = Guid.NewGuid() }, key + "2");

        Assert.True(result.IsError);
        Assert.Equal("Not run: the user has to allow create_todo each time, and cannot be asked over MCP. Ask for it in a conversation with Convonet.", Text(result));
        Assert.Equal(0, (await CallAsync(client, "get_todos")).StructuredContent!.Value.GetProperty("items").GetArrayLength());
        Assert.DoesNotContain("Not run", Text(allowed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_SameKeyOfAnotherUser_IsAnotherCall()
    {
        var first = await CallAsync(await ConnectAsync(_anna), "create_todo", new { title = "buy milk" }, "k1");
        var second = await CallAsync(await ConnectAsync(_ben), "create_todo", new { title = "buy milk" }, "k1");

        Assert.NotEqual(IdOf(first), IdOf(second));
    }

    [Fact]
    public async Task Call_SameKeyForAnotherCall_IsRefused()
    {
        var client = await ConnectAsync(_anna);
        await CallAsync(client, "create_todo", new { title = "buy milk" }, "k1");

        var error = await Assert.ThrowsAsync<McpProtocolException>(() => CallAsync(client, "create_todo", new { title = "buy bread" }, "k1"));

        Assert.Contains("was used for another call", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_KeptCalls_AreNoTurnThatARestartTakesUp()
    {
        await CallAsync(await ConnectAsync(_anna), "create_todo", new { title = "buy milk" }, "k1");

        Assert.Equal(0, await _server.WakeAsync());
        Assert.Empty(_server.Model.Requests);
    }

    [Fact]
    public async Task Request_WithoutAValidToken_Gets401()
    {
        using var http = TestUser.Client(_server);
        http.DefaultRequestHeaders.Authorization = new("Bearer", "nonsense");

        using var response = await http.PostAsync("/mcp", List(), Token);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => ConnectAsync(new Uri(_server.Address, "/mcp"), "nonsense"));
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    public async Task Request_OfAnotherPage_Gets403(string origin)
    {
        using var http = TestUser.Client(_server);
        http.DefaultRequestHeaders.Add("Origin", origin);

        using var response = await http.PostAsync("/mcp", List(), Token);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Request_TooLong_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp")
        {
            Headers = { { "Accept", "application/json, text/event-stream" } },
            Content = new StringContent(new string(' ', 300_000) + "{}", Encoding.UTF8, "application/json"),
        };

        using var response = await _anna.Http.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task List_WithAnMcpServerPluggedIn_DoesNotPassItsToolsOn()
    {
        await using var fake = await FakeMcpServer.StartAsync();
        await using var server = await TestServer.StartAsync(fake.Options());
        await server.Mcp().UntilAsync(McpStatus.Up);
        Assert.NotEmpty(server.GuestTools());
        var client = await ConnectAsync(new Uri(server.Address, "/mcp"));

        Assert.DoesNotContain(await client.ListToolsAsync(cancellationToken: Token), tool => tool.Name.Contains("__", StringComparison.Ordinal));
        await Assert.ThrowsAsync<McpProtocolException>(() => CallAsync(client, "fake__echo"));
        Assert.Empty(fake.Calls);
    }

    /// <summary>A call that was made is not told to have been one too many.</summary>
    [Fact]
    public async Task Call_AgainWithTheSameKeyWhileManyRun_HasTheFirstResult()
    {
        var client = await ConnectAsync(_anna);
        var first = await CallAsync(client, "create_todo", new { title = "buy milk" }, "k1");
        var end = new TaskCompletionSource<ToolResult>();
        var calls = _server.Services.GetRequiredService<McpCalls>();
        var running = Enumerable.Range(0, McpCalls.MostOfUser).Select(_ => calls.RunForAsync(_anna.Id, new ToolCall("c", "slow", "{}"), () => end.Task)).ToArray();

        var again = await CallAsync(client, "create_todo", new { title = "buy milk" }, "k1");
        var other = await CallAsync(client, "create_todo", new { title = "buy milk" }, "k2");
        end.SetResult(new ToolResult("c", "slow", ToolOutcome.Ok, "", TimeSpan.Zero));
        await Task.WhenAll(running);
        var late = await CallAsync(client, "create_todo", new { title = "buy milk" }, "k2");

        Assert.Equal(Text(first), Text(again));
        Assert.StartsWith("Not run: ", Text(other), StringComparison.Ordinal);
        Assert.NotEqual(IdOf(first), IdOf(late));
    }

    private static StringContent List() => new("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", Encoding.UTF8, "application/json");

    private static Task<CallToolResult> CallAsync(McpClient client, string tool, object? arguments = null, string? key = null) => client.CallToolAsync(
        tool,
        JsonSerializer.SerializeToElement(arguments ?? new { }).EnumerateObject().ToDictionary(one => one.Name, one => (object?)one.Value),
        options: key is null ? null : new RequestOptions { Meta = new JsonObject { ["convonet/idempotencyKey"] = key } },
        cancellationToken: Token).AsTask();

    private static string Text(CallToolResult result) => Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text;

    private static Guid IdOf(CallToolResult result) => result.StructuredContent!.Value.GetProperty("id").GetGuid();

    private Task<McpClient> ConnectAsync(TestUser? user, string? revision = null) => ConnectAsync(new Uri(_server.Address, "/mcp"), user?.Token, revision);

    private async Task<McpClient> ConnectAsync(Uri address, string? token = null, string? revision = null)
    {
        var transport = new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = address,
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = token is null ? null : new Dictionary<string, string> { ["Authorization"] = $"Bearer {token}" },
        });
        _clients.Add(await McpClient.CreateAsync(transport, new McpClientOptions { ProtocolVersion = revision }, cancellationToken: Token));
        return _clients[^1];
    }
}
