using System.Globalization;
using System.Threading.Channels;
using Convonet.Chaos.Child;

namespace Convonet.Chaos.Parent;

/// <summary>The processes in line: while one works the next ones start and warm up, so that a killed one has its successor at once.</summary>
internal sealed class ChildLine : IAsyncDisposable
{
    private const int StandBy = 2;

    private readonly Channel<RunningChild> _standing = Channel.CreateBounded<RunningChild>(StandBy);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _starter;

    public ChildLine(IEnumerable<Fate> fates, ChaosDatabase database, CampaignOptions options) => _starter = StartAllAsync([.. fates], database, options);

    /// <summary>The next process; it waits to be told to go.</summary>
    public ValueTask<RunningChild> NextAsync() => _standing.Reader.ReadAsync();

    /// <summary>The log of the process with this number.</summary>
    public static string LogOf(ChaosDatabase database, int process) => Path.Combine(database.Folder, string.Create(CultureInfo.InvariantCulture, $"process-{process}.log"));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _starter.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (_standing.Reader.TryRead(out var left))
        {
            await left.KillAsync();
            left.Dispose();
        }

        _stop.Dispose();
    }

    /// <summary>Starts them in their order, two at a time.</summary>
    private async Task StartAllAsync(Fate[] fates, ChaosDatabase database, CampaignOptions options)
    {
        try
        {
            Task<RunningChild>? before = null;
            for (var index = 0; index < fates.Length && !_stop.IsCancellationRequested; index++)
            {
                var starting = StartAsync(index + 1, fates[index], database, options);
                if (before is not null)
                {
                    await _standing.Writer.WriteAsync(await before, _stop.Token);
                }

                before = starting;
            }

            await _standing.Writer.WriteAsync(await before!, _stop.Token);
            _standing.Writer.Complete();
        }
        catch (Exception error)
        {
            _standing.Writer.TryComplete(error);
        }
    }

    private static Task<RunningChild> StartAsync(int process, Fate fate, ChaosDatabase database, CampaignOptions options)
    {
        return RunningChild.StartAsync(
            new ChildOptions(process, database.Store, database.ScratchOf(process), LogOf(database, process), fate is Fate.AtPoint point ? $"{point}" : "", options.Naive), fate, options.Off);
    }
}
