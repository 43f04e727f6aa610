using System.Net.WebSockets;
using Convonet.Bench.Server;

namespace Convonet.Load.Limit;

/// <summary>
/// The process that a server is compared with: a WebSocket on Kestrel, an <see cref="HttpClient"/>, <c>SseParser</c> and <c>Utf8JsonReader</c>, and nothing else. It keeps
/// nothing, numbers nothing, bounds nothing, and knows no tools. It speaks as much of the wire protocol as the load needs.
/// </summary>
internal static class BareRelay
{
    /// <summary>The first argument of this process; the emulator's address is the second.</summary>
    public const string Command = "limit";

    public static async Task<int> RunAsync(string emulator)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.UseWebSockets();
        using var http = new HttpClient { BaseAddress = new Uri(emulator), Timeout = Timeout.InfiniteTimeSpan };
        app.Run(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            try
            {
                await new RelaySession(socket, http).RunAsync(context.RequestAborted);
            }
            catch (Exception error) when (error is WebSocketException or OperationCanceledException)
            {
                // The client is gone.
            }
        });
        await app.StartAsync();
        await Console.Out.WriteLineAsync(app.Urls.First());
        while (await Console.In.ReadLineAsync() is { } command)
        {
            await Console.Out.WriteLineAsync(command switch
            {
                "collect" => Garbage.Collect(),
                "allocated" => Garbage.Allocated(),
                "compiled" => Garbage.Compiled(),
                _ => "unknown",
            });
        }

        await app.StopAsync();
        return 0;
    }
}
