using Convonet.Conversations;
using Convonet.Server.Answers;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Answers;

/// <summary>Whatever users ask, answers take no more memory than they may.</summary>
public sealed class AnswerCacheBoundTests : IAsyncLifetime
{
    private const int Megabyte = 1024 * 1024;

    private TestServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private AnswerCache Cache => _server.Services.GetRequiredService<AnswerCache>();

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(["--Convonet:Cache:FirstTurns", "true", "--Convonet:Cache:MaxMegabytes", "1"]);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Answers_MoreThanThereIsRoomFor_AreNotAllKept()
    {
        const int Length = 50_000;
        var answer = new string('a', Length);
        await Cache.KeepAsync(Key(0), answer, Token);
        Assert.Equal(answer, await FindAsync(0));

        for (var number = 1; number < 3 * Megabyte / Length; number++)
        {
            await Cache.KeepAsync(Key(number), answer, Token);
        }

        var kept = 0;
        for (var number = 0; number < 3 * Megabyte / Length; number++)
        {
            kept += await FindAsync(number) is null ? 0 : 1;
        }

        Assert.InRange(kept, 1, Megabyte / Length);
    }

    [Fact]
    public async Task Answer_LargerThanAnyMayBe_IsNotKept()
    {
        await Cache.KeepAsync(Key(0), new string('é', 33_000), Token);

        Assert.Null(await FindAsync(0));
    }

    private static AnswerKey Key(int number) => new("user", $"{number}");

    private ValueTask<string?> FindAsync(int number) => Cache.FindAsync(Key(number), TestServer.Patience, Token);
}
