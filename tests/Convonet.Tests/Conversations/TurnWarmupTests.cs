using Convonet.Server.Conversations;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Conversations;

/// <summary>What only makes the first turn quicker must not keep the server from starting.</summary>
public sealed class TurnWarmupTests
{
    private static readonly TimeSpan StoreLimit = TimeSpan.FromSeconds(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_StoreIsBusyForLonger_StartsCold()
    {
        await using var store = await StoreFixture.CreateAsync();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var inside = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var holder = store.Store.WriteAsync(
            async (_, _) =>
            {
                inside.SetResult();
                await release.Task;
                return true;
            },
            cancellationToken: Token);
        await inside.Task;

        var starting = new TurnWarmup(store.Store, new ConversationStore(store.Store)).StartAsync(Token);
        await store.Time.ArmedAsync(StoreLimit);
        store.Time.Advance(StoreLimit * 2);

        await starting.WaitAsync(TestServer.Patience, Token);
        release.SetResult();
        await Assert.ThrowsAnyAsync<Exception>(() => holder);
    }
}
