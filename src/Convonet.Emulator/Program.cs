using System.Globalization;
using System.Runtime.InteropServices;
using Convonet.Emulator.Recording;

namespace Convonet.Emulator;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        CommandLine line;
        try
        {
            line = CommandLine.Parse(args);
        }
        catch (Exception error) when (error is FormatException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"{error.Message} See --help.");
            return 2;
        }

        if (line.Help)
        {
            Console.WriteLine(CommandLine.HelpText);
            return 0;
        }

        try
        {
            await RunAsync(line);
            return 0;
        }
        catch (IOException error)
        {
            // The port is taken.
            await Console.Error.WriteLineAsync(error.Message);
            return 1;
        }
    }

    private static async Task RunAsync(CommandLine line)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.TrySetResult();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await using var emulator = await EmulatorHost.StartAsync(line.Quiet ? line.Options : line.Options with { Ended = Print });
        foreach (var script in line.Scripts)
        {
            emulator.Enqueue(script);
        }

        Console.WriteLine(AboutText.Addresses(emulator.BaseAddress));
        Console.WriteLine("Faults per request: header x-emulator-fault. Ctrl+C stops.");
        await stop.Task;
    }

    private static void Print(RecordedRequest request)
    {
        var end = request.Aborted.IsCompleted ? "given up by the client" : request.LastChunkSent.IsCompleted ? "complete" : "not complete";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{request.StartedAt:HH:mm:ss} {request.Api} {request.Path.Split('?')[0]} {request.StatusCode}, {request.ChunksSent} events, {end}"));
    }
}
