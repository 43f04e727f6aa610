using System.Collections.Concurrent;
using System.Net;
using Convonet.Emulator.Deepgram;
using Convonet.Emulator.Recording;
using Convonet.Emulator.Scripts;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Convonet.Emulator;

/// <summary>Starts an emulator in this process.</summary>
public static class EmulatorHost
{
    private const long MaxRequestBytes = 64 * 1024 * 1024;

    /// <summary>
    /// A write is done when the operating system has taken the bytes: the transport's own buffer holds nothing back, so that a fault
    /// can break the connection right behind the last byte. The resume threshold is half of this, and has to be at least one.
    /// </summary>
    private const long TransportBufferBytes = 2;

    /// <summary>Starts listening on 127.0.0.1. It writes nothing to any log and handles no signals of the process.</summary>
    /// <exception cref="FormatException">The options name a fault that does not exist.</exception>
    public static async Task<RunningEmulator> StartAsync(EmulatorOptions options, CancellationToken cancellationToken = default)
    {
        var log = new RequestLog();
        var scripts = new ScriptQueue();
        var gates = new ConcurrentDictionary<string, ScriptGate>();
        var handler = new RequestHandler(options, log, scripts, name => gates.GetOrAdd(name, _ => new ScriptGate()));
        var listenLog = new ListenLog();
        var listen = new ListenSocket(options, listenLog);

        var spoken = new SpeakLog(options.Record);
        var speak = new SpeakSocket(options, spoken);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseSockets(sockets => sockets.MaxWriteBufferSize = TransportBufferBytes);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBytes;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(IPAddress.Loopback, options.Port, listen => listen.Protocols = options.Http2 ? HttpProtocols.Http2 : HttpProtocols.Http1);
        });

        var app = builder.Build();
        handler.Stopping = speak.Stopping = listen.Stopping = app.Lifetime.ApplicationStopping;
        app.UseWebSockets();
        app.Run(context => context.Request.Path.Value switch
        {
            SpeakSocket.Path => speak.HandleAsync(context),
            ListenSocket.Path => listen.HandleAsync(context),
            _ => handler.HandleAsync(context),
        });
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new RunningEmulator(app, handler, log, scripts, gates, spoken, speak, listenLog);
    }

    /// <summary>The process belongs to someone else.</summary>
    private sealed class SilentLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
