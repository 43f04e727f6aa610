using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Convonet.Tests.Speech;

/// <summary>A provider over HTTP on loopback, whose answers the test writes.</summary>
internal sealed class FakeSpeechServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeSpeechServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    public string? Path { get; private set; }

    public string? Body { get; private set; }

    public Dictionary<string, string> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Completes when a client has gone away in mid-answer.</summary>
    public TaskCompletionSource Gone { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HttpClient Client { get; } = new() { Timeout = Timeout.InfiniteTimeSpan };

    public static async Task<FakeSpeechServer> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new FakeSpeechServer(app);
        app.Run(async context =>
        {
            server.Path = context.Request.Path + context.Request.QueryString;
            server.Body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            foreach (var (name, value) in context.Request.Headers)
            {
                server.Headers[name] = value.ToString();
            }

            context.RequestAborted.Register(() => server.Gone.TrySetResult());
            context.Response.ContentType = "audio/pcm";
            await answer(context);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>Writes parts, each on its way before the next.</summary>
    public static RequestDelegate Parts(params byte[][] parts) => async context =>
    {
        foreach (var part in parts)
        {
            await context.Response.Body.WriteAsync(part);
            await context.Response.Body.FlushAsync();
        }
    };

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
