using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;

namespace Convonet.Tests.Mcp;

/// <summary>An MCP server over HTTP on the loopback, of the official package; its tools are what the test says they are.</summary>
internal sealed class FakeMcpServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, string Method, Dictionary<string, string> Headers)> _requests = [];
    private readonly ConcurrentQueue<CallToolRequestParams> _calls = [];
    private readonly TaskCompletionSource _listened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication? _app;
    private bool _tells;

    /// <summary>Where it listens; the same after a restart.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Its tools; by default one that says what it is told.</summary>
    public List<Tool> Tools { get; set; } = [Reading("echo", "Says what it is told.", """{"type":"object","properties":{"text":{"type":"string"}}}""")];

    /// <summary>What a call returns.</summary>
    public Func<CallToolRequestParams, CancellationToken, Task<CallToolResult>> Answer { get; set; } = (call, _) => Task.FromResult(Text($"You said: {call.Arguments?["text"]}"));

    /// <summary>Answers requests instead of the protocol.</summary>
    public RequestDelegate? Instead { get; set; }

    /// <summary>Somebody asked to be told of changes.</summary>
    public Task Listened => _listened.Task;

    /// <summary>The requests that arrived, with their headers.</summary>
    public IReadOnlyList<(string Path, string Method, Dictionary<string, string> Headers)> Requests => [.. _requests];

    /// <summary>The calls that arrived.</summary>
    public IReadOnlyList<CallToolRequestParams> Calls => [.. _calls];

    /// <summary>The options with which Convonet is plugged into it.</summary>
    /// <param name="name">Name of the server.</param>
    public IEnumerable<string> Options(string name = "fake") => [$"--mcpServers:{name}:url", Address.ToString(), $"--mcpServers:{name}:allowPrivateAddresses", "true"];

    /// <summary>Starts one.</summary>
    /// <param name="tells">Whether it tells of changes, to whoever asks.</param>
    public static async Task<FakeMcpServer> StartAsync(bool tells = false)
    {
        var server = new FakeMcpServer { _tells = tells };
        await server.RunAsync("http://127.0.0.1:0");
        return server;
    }

    /// <summary>Tells whoever asked that its tools changed.</summary>
    public void TellOfChange() => _changed.TrySetResult();

    /// <summary>It is gone.</summary>
    public async Task StopAsync()
    {
        await _app!.DisposeAsync();
        _app = null;
    }

    /// <summary>It is back.</summary>
    public Task RestartAsync() => RunAsync(new Uri(Address, "/").ToString());

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    public static Tool Reading(string name, string description, string schema = """{"type":"object"}""") => new()
    {
        Name = name,
        Description = description,
        InputSchema = JsonElement.Parse(schema),
        Annotations = new ToolAnnotations { ReadOnlyHint = true },
    };

    public static CallToolResult Text(string text, bool isError = false) => new() { Content = [new TextContentBlock { Text = text }], IsError = isError };

    private async Task RunAsync(string address)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address);
        builder.Services.AddMcpServer(options => options.Capabilities = new ServerCapabilities { Tools = new ToolsCapability { ListChanged = _tells } })
            .WithHttpTransport()
            .WithListToolsHandler((_, _) => ValueTask.FromResult(new ListToolsResult { Tools = [.. Tools] }))
            .WithSubscriptionsListenHandler(async (request, token) =>
            {
                _listened.TrySetResult();
                await _changed.Task.WaitAsync(token);
                await request.Server.SendNotificationAsync(NotificationMethods.ToolListChangedNotification, token);
                return new EmptyResult();
            })
            .WithCallToolHandler(async (request, token) =>
            {
                _calls.Enqueue(request.Params);
                return await Answer(request.Params, token);
            });
        _app = builder.Build();
        _app.Use((context, next) =>
        {
            _requests.Enqueue((context.Request.Path, context.Request.Method, context.Request.Headers.ToDictionary(one => one.Key, one => one.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
            return Instead is { } instead ? instead(context) : next(context);
        });
        _app.MapMcp("/mcp");
        await _app.StartAsync(TestContext.Current.CancellationToken);
        Address = new Uri(new Uri(_app.Urls.First()), "/mcp");
    }
}
