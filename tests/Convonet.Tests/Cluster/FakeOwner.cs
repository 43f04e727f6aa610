using System.Threading.Channels;
using Convonet.Server.Cluster;

namespace Convonet.Tests.Cluster;

/// <summary>An owner at another node, whose answers the test gives.</summary>
internal sealed class FakeOwner : IConversationOwner
{
    private readonly Channel<Asked> _reads = Channel.CreateUnbounded<Asked>();

    public Func<Message, Task<SubmitAnswer?>> OnSubmit { get; set; } = _ => Task.FromResult<SubmitAnswer?>(new(0, 1, null));

    public Func<Task<byte[]?>> OnSnapshot { get; set; } = () => Task.FromResult<byte[]?>(null);

    /// <summary>Whether it lets go of the conversation when it is asked to.</summary>
    public bool Leaves { get; set; }

    public List<string> Commands { get; } = [];

    /// <summary>The next read that the owner is asked for.</summary>
    public async Task<Asked> ReadAsync() =>
        await _reads.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

    public Task<OwnerPlace?> OpenAsync(string user, bool begins) => throw new NotSupportedException();

    public Task<EventBatch?> ReadAsync(string user, int epoch, long after, TimeSpan hold)
    {
        var asked = new Asked(after, hold, new(TaskCreationOptions.RunContinuationsAsynchronously));
        _reads.Writer.TryWrite(asked);
        return asked.Answer.Task;
    }

    public Task<SubmitAnswer?> SubmitAsync(string user, Message message) => OnSubmit(message);

    public Task<bool?> ConfirmAsync(string user, string callId, bool yes) => NoteAsync($"confirm {callId} {yes}");

    public Task<bool?> CancelAsync(string user, int? turn) => NoteAsync($"cancel {turn}");

    public Task<bool?> HeardAsync(string user, int turn, int heard, bool stops) => NoteAsync($"heard {turn} {heard} {stops}");

    public Task NoteUsedAsync(string user, int turn, List<SpeechUse> used) => NoteAsync($"used {turn} {string.Join(", ", used.Select(static one => $"{one.Engine} {one.Characters}"))}");

    public Task GuessAsync(string user, string? text) => NoteAsync($"guess {text}");

    public Task<bool?> SetProviderAsync(string user, string provider) => NoteAsync($"provider {provider}");

    public Task<byte[]?> SnapshotAsync(string user) => OnSnapshot();

    public Task<bool> LeaveAsync()
    {
        Commands.Add("leave");
        return Task.FromResult(Leaves);
    }

    public Task PlaceAsync() => throw new NotSupportedException();

    public Task ForgetAsync(string user) => throw new NotSupportedException();

    private Task<bool?> NoteAsync(string command)
    {
        Commands.Add(command);
        return Task.FromResult<bool?>(true);
    }

    /// <summary>A read that waits for its answer.</summary>
    public sealed record Asked(long After, TimeSpan Hold, TaskCompletionSource<EventBatch?> Answer);
}
