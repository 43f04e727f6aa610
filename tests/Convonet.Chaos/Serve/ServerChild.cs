using System.Globalization;
using Convonet.Chaos.Cuts;
using Convonet.Models;

namespace Convonet.Chaos.Serve;

/// <summary>The real server as a process that does what its parent says: <c>starve seconds</c> blocks the threads of its pool. It ends with its input.</summary>
internal static class ServerChild
{
    /// <summary>More than the pool keeps ready.</summary>
    private const int Blockers = 80;

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
            "paced" => new BlockingModel(new ShortModel(TimeSpan.FromMilliseconds(100)), new ShortModel()),
            _ => new ShortModel(),
        };
        await using var app = await ServedApp.BuildAsync(args[1], model, args[2..]);
        await app.StartAsync();
        await Console.Out.WriteLineAsync($"listening {app.Urls.First()}");
        while (await Console.In.ReadLineAsync() is { } line)
        {
            if (line.Split(' ') is ["starve", var seconds])
            {
                Starve(TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)));
            }
        }

        return 0;
    }

    private static void Starve(TimeSpan time)
    {
        for (var blocker = 0; blocker < Blockers; blocker++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => Thread.Sleep(time), null);
        }
    }
}
