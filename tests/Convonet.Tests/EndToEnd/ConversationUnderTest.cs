using Convonet.Conversations;
using Convonet.Models;

namespace Convonet.Tests.EndToEnd;

/// <summary>A conversation whose events can be awaited one by one.</summary>
internal sealed class ConversationUnderTest : IAsyncDisposable
{
    private readonly Changes _changes = new();
    private readonly IDisposable _watch;
    private readonly List<LoggedEvent> _read = [];

    public ConversationUnderTest(ConversationServices services)
    {
        Conversation = new Conversation("c_0123456789abcdef", "user", services);
        _watch = Conversation.Events.Watch(_changes.Raise);
    }

    public Conversation Conversation { get; }

    public IReadOnlyList<HistoryItem> History => Conversation.History;

    /// <summary>The events that were read.</summary>
    public IReadOnlyList<LoggedEvent> Read => _read;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Says something; the turn's events can be read from now on.</summary>
    public async Task<int> SayAsync(string text = "Hello")
    {
        var reply = await Conversation.SubmitAsync(Guid.NewGuid().ToString("N"), text, Token).InTime();
        Assert.Equal(SubmitKind.Accepted, reply.Kind);
        return reply.Turn;
    }

    /// <summary>Says something and waits for the end of the turn.</summary>
    public async Task<SessionEvent.AgentResponse> AskAsync(string text = "Hello")
    {
        await SayAsync(text);
        return await UntilAsync<SessionEvent.AgentResponse>();
    }

    public Task CancelAsync() => Conversation.CancelAsync(cancellationToken: Token).AsTask().InTime();

    /// <summary>The provider of the turns from now on.</summary>
    public async Task SwitchAsync(string provider) => Assert.True(await Conversation.SetProviderAsync(provider, Token).InTime());

    /// <summary>Reads events until one of this type, and that passes the test if there is one.</summary>
    public async Task<T> UntilAsync<T>(Func<T, bool>? test = null)
        where T : SessionEvent
    {
        while (true)
        {
            if (await NextAsync(typeof(T).Name) is T found && test?.Invoke(found) != false)
            {
                return found;
            }
        }
    }

    /// <summary>The events of this type, as far as they were read.</summary>
    public IEnumerable<T> Of<T>()
        where T : SessionEvent => _read.Select(logged => logged.Event).OfType<T>();

    /// <summary>Waits until the running turn is over, not only told.</summary>
    public async ValueTask DisposeAsync()
    {
        _watch.Dispose();
        await Conversation.DisposeAsync().AsTask().InTime();
    }

    private async Task<SessionEvent> NextAsync(string wanted)
    {
        LoggedEvent? next = null;
        await _changes.UntilAsync(() => Conversation.Events.TryReadAfter(_read.Count, out next!), $"{wanted} comes after {Tail()}");
        _read.Add(next!);
        return next!.Event;
    }

    private string Tail() => string.Join(" | ", _read.TakeLast(4).Select(logged => logged.Event));
}
