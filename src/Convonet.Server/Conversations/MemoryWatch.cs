using Convonet.Conversations;
using Convonet.Speech;

namespace Convonet.Server.Conversations;

/// <summary>Lets go of what can be had again, and takes on no new turns, while the memory is nearly used up: something would die otherwise, and with it turns that were accepted.</summary>
internal sealed partial class MemoryWatch(
    Func<MemoryUse> use, TurnAdmission admission, LocalConversationDirectory directory, AudioCache cache, TimeProvider time, ILogger<MemoryWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>How many periods lie between two collections: the figures are those of the last one.</summary>
    private const int BetweenCollections = 4;

    private int _periods;

    /// <summary>Looks once.</summary>
    internal async Task LookAsync()
    {
        var now = use();
        if (!(admission.IsShedding ? now.IsStillShort : now.IsShort))
        {
            if (admission.IsShedding)
            {
                admission.IsShedding = false;
                LogEnough(now.LoadBytes >> 20);
            }

            _periods = 0;
            return;
        }

        if (!admission.IsShedding)
        {
            admission.IsShedding = true;
            LogShort(now.LoadBytes >> 20, now.HighBytes >> 20, now.OwnBytes >> 20);
        }

        if (_periods++ % BetweenCollections == 0)
        {
            cache.Clear();
            await directory.SweepAsync(isMemoryShort: true);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await LookAsync();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    [LoggerMessage(LogLevel.Warning, "Memory is short: {LoadMB} MB are in use, {HighMB} MB is much, {OwnMB} MB are ours. New messages are refused until it is better.")]
    private partial void LogShort(long loadMB, long highMB, long ownMB);

    [LoggerMessage(LogLevel.Warning, "Memory is no longer short: {LoadMB} MB are in use. New messages are taken again.")]
    private partial void LogEnough(long loadMB);
}

/// <summary>How the memory of the machine, or of the container, is used.</summary>
/// <param name="LoadBytes">What is in use, by all.</param>
/// <param name="HighBytes">What is much: 90 % of all, unless <c>DOTNET_GCHighMemPercent</c> says otherwise.</param>
/// <param name="OwnBytes">What is in use by this process's heap.</param>
/// <param name="AllBytes">What the heap may have: in a container three quarters of its memory.</param>
/// <param name="LiveBytes">What the heap holds that is in use.</param>
internal readonly record struct MemoryUse(long LoadBytes, long HighBytes, long OwnBytes, long AllBytes, long LiveBytes)
{
    /// <summary>
    /// Whether the heap is nearly full, or too much is in use and an eighth of all is ours. Where others alone use it up, refusing our users would not help.
    /// </summary>
    public bool IsShort => LiveBytes >= AllBytes / 100 * 85 || IsLoaded;

    /// <summary>The same where it was short before: a heap around the mark must not go forth and back.</summary>
    public bool IsStillShort => LiveBytes >= AllBytes / 100 * 80 || IsLoaded;

    private bool IsLoaded => LoadBytes >= HighBytes && OwnBytes >= AllBytes / 8;

    /// <summary>As it was at the last collection. Where much was taken since then, one is begun, and the next look knows.</summary>
    public static MemoryUse Now()
    {
        var info = GC.GetGCMemoryInfo();
        if (GC.GetTotalMemory(forceFullCollection: false) >= info.TotalAvailableMemoryBytes / 100 * 85)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        }

        return new(info.MemoryLoadBytes, info.HighMemoryLoadThresholdBytes, info.TotalCommittedBytes, info.TotalAvailableMemoryBytes, info.HeapSizeBytes - info.FragmentedBytes);
    }
}
