using System.Diagnostics.Tracing;

namespace Convonet.Benchmarks;

/// <summary>Shows of which types the garbage of a chunk is: the runtime tells of one allocation in some 100 KB.</summary>
internal static class AllocationSample
{
    private const int Warm = 5;
    private const int Turns = 300;
    private const int Shown = 40;

    public static async Task RunAsync(string provider)
    {
        using var chunks = new ChunkBenchmarks { Provider = provider };
        chunks.Setup();
        for (var turn = 0; turn < Warm; turn++)
        {
            await chunks.Chunk();
        }

        using var ticks = new Ticks();
        for (var turn = 0; turn < Turns; turn++)
        {
            await chunks.Chunk();
        }

        var found = ticks.Take();
        var all = found.Values.Sum();
        Console.WriteLine($"| type, {provider} | part of the bytes |\n|---|---|");
        foreach (var (type, bytes) in found.OrderByDescending(static one => one.Value).Take(Shown))
        {
            Console.WriteLine(FormattableString.Invariant($"| {type} | {100.0 * bytes / all:0.0} % |"));
        }
    }

    private sealed class Ticks : EventListener
    {
        private const EventKeywords Garbage = (EventKeywords)0x1;

        private readonly Dictionary<string, long> _bytes = [];

        public Dictionary<string, long> Take()
        {
            lock (_bytes)
            {
                return new(_bytes);
            }
        }

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
            {
                EnableEvents(eventSource, EventLevel.Verbose, Garbage);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (_bytes is null || eventData.EventName?.StartsWith("GCAllocationTick", StringComparison.Ordinal) != true)
            {
                return;
            }

            var type = (string)eventData.Payload![eventData.PayloadNames!.IndexOf("TypeName")]!;
            var bytes = Convert.ToInt64(eventData.Payload[eventData.PayloadNames.IndexOf("AllocationAmount64")], null);
            lock (_bytes)
            {
                _bytes[type] = _bytes.GetValueOrDefault(type) + bytes;
            }
        }
    }
}
