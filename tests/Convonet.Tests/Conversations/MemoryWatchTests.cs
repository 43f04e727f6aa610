using Convonet.Conversations;
using Convonet.Server.Conversations;
using Convonet.Speech;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Conversations;

/// <summary>What happens when the memory is nearly used up.</summary>
public sealed class MemoryWatchTests : IAsyncDisposable
{
    private static readonly MemoryUse Enough = new(60, 90, 50, 100, 40);
    private static readonly MemoryUse Short = new(90, 90, 50, 100, 40);
    private static readonly AudioKey Key = new("one", "test", "", 16_000, "Hello.");

    private readonly ConversationFixture _fixture = new();
    private readonly AudioCache _cache = new();
    private readonly TurnAdmission _admission = new(new AdmissionOptions());
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LocalConversationDirectory _directory;
    private readonly MemoryWatch _watch;
    private MemoryUse _use = Enough;

    public MemoryWatchTests()
    {
        _directory = new(_fixture.Services with { Admission = _admission });
        _watch = new MemoryWatch(() => _use, _admission, _directory, _cache, _fixture.Time, NullLogger<MemoryWatch>.Instance);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _watch.Dispose();
        await _directory.DisposeAsync();
    }

    [Fact]
    public async Task Short_NewTurnsAreRefused_TheRunningOneEndsAndLaterTheyAreTaken()
    {
        _fixture.Model.Step().Text("One").Wait(_gate.Task);
        _fixture.Model.Says("Two");
        var conversation = (await _directory.StartAsync("c_1", "user", Token))!;
        await conversation.SubmitAsync("a", "one", Token);

        _use = Short;
        await _watch.LookAsync();
        var refused = await conversation.SubmitAsync("b", "two", Token);
        _gate.SetResult();
        await ConversationFixture.UntilTurnEndsAsync(conversation);
        _use = Enough;
        await _watch.LookAsync();
        var taken = await conversation.SubmitAsync("b", "two", Token);

        Assert.Equal(SubmitKind.Overloaded, refused.Kind);
        Assert.Equal("overloaded", refused.Refusal("b")!.Code);
        Assert.InRange(refused.Refusal("b")!.RetryAfterMs!.Value, 1000, 2000);
        Assert.Equal(new(SubmitKind.Accepted, 2), taken);
    }

    [Fact]
    public async Task Short_WhatCanBeHadAgain_IsLetGo()
    {
        _cache.Add(Key, new byte[100]);
        var used = (await _directory.StartAsync("c_1", "user", Token))!;
        using var follower = used.Follow(() => { });
        await _directory.StartAsync("c_2", "user", Token);
        _fixture.Time.Advance(TimeSpan.FromSeconds(11));

        await _watch.LookAsync();
        Assert.Equal((2, true), (_directory.Count, _cache.Size > 0));

        _use = Short;
        await _watch.LookAsync();
        Assert.Equal((1, 0), (_directory.Count, _cache.Size));
        Assert.Same(used, await _directory.FindAsync("c_1", "user", Token));

        // What has come meanwhile goes after a while, not at each look.
        _cache.Add(Key, new byte[100]);
        for (var look = 1; look < 4; look++)
        {
            await _watch.LookAsync();
            Assert.True(_cache.Size > 0);
        }

        await _watch.LookAsync();
        Assert.Equal(0, _cache.Size);
    }

    [Theory]
    [InlineData(89, 50, 40, false)]
    [InlineData(90, 50, 40, true)]
    [InlineData(99, 13, 10, true)]
    [InlineData(99, 5, 5, false)] // others use it up
    [InlineData(70, 90, 84, false)]
    [InlineData(70, 90, 85, true)] // in a container the heap may have less than what is much
    public void IsShort_LoadAndOurPartOfIt_Decide(long load, long own, long live, bool isShort) => Assert.Equal(isShort, new MemoryUse(load * 10, 900, own * 10, 1000, live * 10).IsShort);

    [Fact]
    public void Now_OfThisMachine_IsPlausible()
    {
        GC.Collect();
        var now = MemoryUse.Now();

        Assert.InRange(now.HighBytes, now.AllBytes / 2, now.AllBytes);
        Assert.InRange(now.OwnBytes, 1, now.AllBytes);
        Assert.InRange(now.LiveBytes, 1, now.OwnBytes);
        Assert.True(now.LoadBytes > 0);
    }
}
