using System.Threading.Channels;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Cluster;
using Convonet.Server.Transport;
using Convonet.Tests.EndToEnd;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Cluster;

/// <summary>A conversation whose owner is another node.</summary>
public sealed class RemoteConversationTests : IAsyncDisposable
{
    private const int Epoch = 3;

    private readonly ObservedTime _time = new();
    private readonly FakeOwner _owner = new();
    private bool _reachesStore = true;
    private readonly RemoteConversation _conversation;

    public RemoteConversationTests()
    {
        var models = new ChatModels([new(new ScriptedModel("first"), true, false), new(new ScriptedModel("second"), true, false)], "first", []);
        _conversation = new("c_1", "u_1", new OwnerPlace("S1", Epoch, 4, "first", false), _owner, _ => Task.FromResult(_reachesStore), models, _time, NullLogger.Instance);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _conversation.DisposeAsync();

    [Fact]
    public async Task Events_OfTheOwner_AreTheSameHere()
    {
        var frames = new[] { Frame(5, "One "), Frame(6, "two") };
        (await _owner.ReadAsync()).Answer.SetResult(Batch(frames));
        var second = await _owner.ReadAsync();
        second.Answer.SetResult(Batch([]));
        await _conversation.CaughtUp.WaitAsync(TestServer.Patience, Token);

        Assert.Equal((Epoch, 4L, 6L), (_conversation.Events.Epoch, _conversation.Events.Past, _conversation.Events.Head));
        Assert.Equal((6, TimeSpan.Zero), (second.After, second.Hold));
        Assert.True(_conversation.Events.TryReadAfter(4, out var logged));
        Assert.Equal(new SessionEvent.TextChunk("One ", 2), logged.Event);
        Assert.Same(frames[0], Encoded(logged));
    }

    /// <summary>While nodes are replaced one by one, newer ones own conversations that older ones show.</summary>
    [Fact]
    public async Task Event_ThatOnlyANewerNodeKnows_GoesOnAsItCame()
    {
        var newer = """{"event":"agent_mood","data":{"turn":2,"mood":"good"},"seq":5,"epoch":3}"""u8.ToArray();
        (await _owner.ReadAsync()).Answer.SetResult(Batch([newer, Frame(6, "two")]));
        (await _owner.ReadAsync()).Answer.SetResult(Batch([]));
        await _conversation.CaughtUp.WaitAsync(TestServer.Patience, Token);

        Assert.False(_conversation.IsSuperseded);
        Assert.Equal(6, _conversation.Events.Head);
        Assert.True(_conversation.Events.TryReadAfter(4, out var logged));
        Assert.Same(newer, Encoded(logged));
    }

    /// <summary>The owner's node does not reach the store, and this one does.</summary>
    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public async Task Submit_ThatTheOwnerCannotKeep_IsForAnotherOwnerWhereThereIsOne(bool reachesStore, bool leaves, bool goesOn)
    {
        (_reachesStore, _owner.Leaves) = (reachesStore, leaves);
        _owner.OnSubmit = _ => Task.FromResult<SubmitAnswer?>(new((int)SubmitKind.NotKept, 0, null));
        var submitting = _conversation.SubmitAsync(new UserInput("m1", "One", false), Token);

        if (goesOn)
        {
            await Assert.ThrowsAsync<ChannelClosedException>(() => submitting);
        }
        else
        {
            Assert.Equal(SubmitKind.NotKept, (await submitting).Kind);
        }

        Assert.Equal((goesOn, reachesStore), (_conversation.IsSuperseded, _owner.Commands.Contains("leave")));
    }

    [Theory]
    [InlineData(true, 250)]
    [InlineData(false, 10_000)]
    public async Task Read_WhenCaughtUp_IsHeldByTheOwner(bool isBusy, int milliseconds)
    {
        (await _owner.ReadAsync()).Answer.SetResult(Batch([]) with { IsBusy = isBusy });

        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), (await _owner.ReadAsync()).Hold);
    }

    [Fact]
    public async Task Owner_ThatIsSilent_IsAskedAgainForTheSame()
    {
        (await _owner.ReadAsync()).Answer.SetResult(Batch([Frame(5, "One ")]));
        (await _owner.ReadAsync()).Answer.SetResult(Batch([]));
        var silent = await _owner.ReadAsync();

        await _time.ArmedAsync(silent.Hold + RemoteConversation.Grace);
        _time.Advance(silent.Hold + RemoteConversation.Grace);
        await _time.ArmedAsync(RemoteConversation.Pause);
        _time.Advance(RemoteConversation.Pause);
        var again = await _owner.ReadAsync();

        Assert.Equal(5, again.After);
        silent.Answer.SetResult(Batch([Frame(6, "lost")]));
        again.Answer.SetResult(Batch([Frame(6, "two")]));
        await _owner.ReadAsync();
        Assert.True(_conversation.Events.TryReadAfter(5, out var logged));
        Assert.Equal(new SessionEvent.TextChunk("two", 2), logged.Event);
        Assert.False(_conversation.IsSuperseded);
    }

    public static TheoryData<string> Ends => ["gap", "epoch", "gone"];

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task Owner_ThatIsAnotherNow_SendsItsConnectionsToLookForIt(string end)
    {
        var woken = new TaskCompletionSource();
        using var follower = _conversation.Follow(() => woken.TrySetResult());

        (await _owner.ReadAsync()).Answer.SetResult(end switch
        {
            "gap" => Batch([]) with { IsWhole = false },
            "epoch" => Batch([Frame(5, "new")]) with { Epoch = Epoch + 1 },
            _ => null,
        });
        await woken.Task.WaitAsync(TestServer.Patience, Token);

        Assert.True(_conversation.IsSuperseded);
        Assert.Equal(4, _conversation.Events.Head);
    }

    [Fact]
    public async Task Submit_ToAnOwnerThatIsDead_IsToBeSentAgainElsewhere()
    {
        _owner.OnSubmit = _ => Task.FromException<SubmitAnswer?>(new TimeoutException());

        await Assert.ThrowsAsync<ChannelClosedException>(() => _conversation.SubmitAsync(new UserInput("m1", "Hello"), Token));

        Assert.True(_conversation.IsSuperseded);
    }

    [Fact]
    public async Task Commands_ReachTheOwner()
    {
        Message? sent = null;
        _owner.OnSubmit = message =>
        {
            sent = message;
            return Task.FromResult<SubmitAnswer?>(new((int)SubmitKind.Overloaded, 0, TimeSpan.FromSeconds(2)));
        };

        var reply = await _conversation.SubmitAsync(new UserInput("m1", "Hello", IsVoice: true, WhenBusy.Interrupt), Token);
        Assert.True(await _conversation.ConfirmAsync("call_1", yes: true, Token));
        await _conversation.CancelAsync(2, Token);
        await _conversation.InterruptAsync(2, 7, Token);
        await _conversation.LoseAsync(3, 8, Token);
        _conversation.NoteUsed(3, [new(UsageKind.Speaking, "flite", "") { Characters = 12 }]);
        _conversation.Guess("Hel");
        Assert.True(await _conversation.SetProviderAsync("second", Token));

        Assert.Equal(new SubmitReply(SubmitKind.Overloaded, 0, TimeSpan.FromSeconds(2)), reply);
        Assert.Equal(new Message("m1", "Hello", true, (int)WhenBusy.Interrupt), sent);
        Assert.Equal(["confirm call_1 True", "cancel 2", "heard 2 7 True", "heard 3 8 False", "used 3 flite 12", "guess Hel", "provider second"], _owner.Commands);
    }

    [Fact]
    public async Task Snapshot_ThatIsAheadOfTheCopy_WaitsUntilTheCopyHasItsNumber()
    {
        _owner.OnSnapshot = () => Task.FromResult<byte[]?>(EventJson.Encode(new SessionEvent.Snapshot("c_1", Epoch, 5, "first", [])));

        var snapshot = _conversation.SnapshotAsync(Token);
        Assert.False(snapshot.IsCompleted);
        (await _owner.ReadAsync()).Answer.SetResult(Batch([Frame(5, "One")]));

        Assert.Equal(5, (await snapshot.WaitAsync(TestServer.Patience, Token)).Seq);
    }

    [Fact]
    public async Task Snapshot_OfAnotherEpoch_IsNoneOfThisCopy()
    {
        _owner.OnSnapshot = () => Task.FromResult<byte[]?>(EventJson.Encode(new SessionEvent.Snapshot("c_1", Epoch + 1, 5, "first", [])));

        await Assert.ThrowsAsync<ChannelClosedException>(() => _conversation.SnapshotAsync(Token));

        Assert.True(_conversation.IsSuperseded);
    }

    [Fact]
    public async Task Provider_ThatIsChosenElsewhere_IsChosenHere()
    {
        var status = new SessionEvent.Status("provider", "Second answers from now on.", Provider: "second");
        (await _owner.ReadAsync()).Answer.SetResult(Batch([EventJson.Encode(new LoggedEvent(5, status), Epoch)]));
        await _owner.ReadAsync();

        Assert.Equal("second", _conversation.Provider.Name);
    }

    [Fact]
    public async Task Confirmation_RunsOutOnThisNodesClock()
    {
        var call = new ToolCallView("delete_todo", "call_1", System.Text.Json.JsonElement.Parse("{}"));
        (await _owner.ReadAsync()).Answer.SetResult(Batch([EventJson.Encode(new LoggedEvent(5, new SessionEvent.ToolConfirmation(call, 30_000, 2)), Epoch)]));
        await _owner.ReadAsync();
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.True(_conversation.Events.TryReadAfter(4, out var logged));
        Assert.Equal(20_000, Assert.IsType<SessionEvent.ToolConfirmation>(logged.Event).AsOf(_time).ExpiresMs);
    }

    private static EventBatch Batch(byte[][] frames) => new(Epoch, true, [.. frames], IsBusy: true);

    private static byte[] Frame(long seq, string text) => EventJson.Encode(new LoggedEvent(seq, new SessionEvent.TextChunk(text, 2)), Epoch);

    /// <summary>The array itself: it came in this form, and goes out in it.</summary>
    private static byte[] Encoded(LoggedEvent logged)
    {
        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(logged.EncodedBy((_, _) => throw new InvalidOperationException("Encoded again."), 1), out var array));
        return array.Array!;
    }
}
