using System.Diagnostics.Metrics;
using System.Globalization;
using Convonet.Chaos.Cluster;
using Convonet.Chaos.Cuts;
using Convonet.Models;

namespace Convonet.Chaos.Serve;

/// <summary>The real server as a process that does what its parent says: <c>starve seconds</c> blocks the threads of its pool, <c>hold megabytes</c> fills its memory, <c>stop</c> stops it as SIGTERM does. It ends with its input.</summary>
internal static class ServerChild
{
    /// <summary>More than the pool keeps ready.</summary>
    private const int Blockers = 80;

    private static byte[][] _held = [];

    /// <param name="args">Model, database, options.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is ["program", var store, .. var arguments])
        {
            return await Convonet.Server.Program.Main([.. ServedApp.Arguments(store), .. arguments]);
        }

        IChatModel model = args[0] switch
        {
            "counting" => new CountingModel(),
            "cluster" => new ClusterModel(),
            "paced" => new BlockingModel(new ShortModel(TimeSpan.FromMilliseconds(100)), new ShortModel()),
            _ => new ShortModel(),
        };
        await using var app = await ServedApp.BuildAsync(args[1], model, args[2..]);
        var fenced = 0L;
        using var refused = new MeterListener { InstrumentPublished = static (instrument, listener) => Listen(instrument, listener) };
        refused.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref fenced, count));
        refused.Start();
        await app.StartAsync();
        await Console.Out.WriteLineAsync($"listening {app.Urls.First()}");
        var stopping = new TaskCompletionSource();
        using var stop = app.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        await Task.WhenAny(ObeyAsync(), stopping.Task);
        await app.StopAsync();
        await Console.Out.WriteLineAsync(Interlocked.Read(ref fenced) is > 0 and var count ? $"{count} late writes refused" : "");
        return 0;
    }

    private static void Listen(Instrument instrument, MeterListener listener)
    {
        if (instrument.Name == "convonet.store.fenced")
        {
            listener.EnableMeasurementEvents(instrument);
        }
    }

    private static async Task ObeyAsync()
    {
        // The console's own reader would hold the thread that asks.
        using var input = new StreamReader(Console.OpenStandardInput());
        while (await input.ReadLineAsync() is { } line && line != "stop")
        {
            if (line.Split(' ') is ["starve", var seconds])
            {
                Starve(TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)));
            }
            else if (line.Split(' ') is ["hold", var megabytes])
            {
                Hold(int.Parse(megabytes, CultureInfo.InvariantCulture));
            }
        }
    }

    private static void Hold(int megabytes)
    {
        _held = [];
        GC.Collect();
        var used = (int)(GC.GetTotalMemory(forceFullCollection: true) >> 20);
        _held = [.. Enumerable.Range(0, Math.Max(0, megabytes - used)).Select(static _ => new byte[1 << 20])];
        Array.ForEach(_held, static block => Array.Fill(block, (byte)1)); // else the system gives them no memory
    }

    private static void Starve(TimeSpan time)
    {
        for (var blocker = 0; blocker < Blockers; blocker++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => Thread.Sleep(time), null); // blocks a thread of the pool: that is the fault
        }
    }
}
