using Convonet.Server.Store;

namespace Convonet.Tests.Fakes;

/// <summary>A transaction that stands in the store's one place for writers until it is let go; whoever writes meanwhile waits in line.</summary>
internal sealed class HeldWriter
{
    private readonly TaskCompletionSource _inside = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _writing;

    private HeldWriter(ConvonetStore store) => _writing = store.WriteAsync(
        async (_, _) =>
        {
            _inside.SetResult();
            await _goOn.Task;
            return 0;
        },
        cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Begins it.</summary>
    /// <returns>When it has the place.</returns>
    public static async Task<HeldWriter> StartAsync(ConvonetStore store)
    {
        var held = new HeldWriter(store);
        await held._inside.Task;
        return held;
    }

    /// <summary>Ends it.</summary>
    public Task LetGoAsync()
    {
        _goOn.SetResult();
        return _writing;
    }
}
