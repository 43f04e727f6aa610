using System.Diagnostics;
using Convonet.Conversations;
using Convonet.Server.Store;

namespace Convonet.Server.Conversations;

/// <summary>Tells the admission how long turns stand in line: in the store, and for a thread of the pool, which it finds out by wanting one itself.</summary>
internal sealed class AdmissionWatch(TurnAdmission admission, ConvonetStore store) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        (store.Waited, store.Line) = (admission.Store.Note, admission.Store);
        try
        {
            while (true)
            {
                // By the machine's own clock: it is the machine that is watched.
                var began = Stopwatch.GetTimestamp();
                await Task.Delay(Period, stoppingToken);
                admission.Threads.Note(Stopwatch.GetElapsedTime(began) - Period);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
        finally
        {
            (store.Waited, store.Line) = (null, null);
        }
    }
}
