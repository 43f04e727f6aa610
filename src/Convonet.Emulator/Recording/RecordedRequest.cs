using System.Text.Json;

namespace Convonet.Emulator.Recording;

/// <summary>One request that the emulator got, and signals of how its answer goes on, so that tests wait for them instead of sleeping.</summary>
public sealed class RecordedRequest
{
    private readonly TaskCompletionSource _firstChunkSent = NewSignal();
    private readonly TaskCompletionSource _lastChunkSent = NewSignal();
    private readonly TaskCompletionSource _aborted = NewSignal();
    private readonly TaskCompletionSource _ended = NewSignal();
    private int _chunksSent;

    internal RecordedRequest(
        EmulatedApi api, string path, JsonElement body, IReadOnlyDictionary<string, string> headers, DateTimeOffset startedAt, int bodyBytes)
    {
        Api = api;
        Path = path;
        Body = body;
        Headers = headers;
        StartedAt = startedAt;
        BodyBytes = bodyBytes;
    }

    /// <summary>The API that was asked.</summary>
    public EmulatedApi Api { get; }

    /// <summary>Path and query; the path alone without <see cref="EmulatorOptions.Record"/>.</summary>
    public string Path { get; }

    /// <summary>The body; undefined when it was empty, not JSON, or not kept.</summary>
    public JsonElement Body { get; }

    /// <summary>The headers; names are compared without case. Empty when they are not kept.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>When the request was read, on the emulator's clock.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>The HTTP status of the answer; 0 before it began.</summary>
    public int StatusCode { get; internal set; }

    /// <summary>How many events of the answer were sent so far.</summary>
    public int ChunksSent => Volatile.Read(ref _chunksSent);

    /// <summary>Completes when the first event is on its way to the client.</summary>
    public Task FirstChunkSent => _firstChunkSent.Task;

    /// <summary>Completes when the provider's own end marker is on its way; never for an answer that breaks off.</summary>
    public Task LastChunkSent => _lastChunkSent.Task;

    /// <summary>Completes when the client gave the request up before its answer ended.</summary>
    public Task Aborted => _aborted.Task;

    /// <summary>Completes when the emulator is done with the request, however it ended.</summary>
    public Task Ended => _ended.Task;

    internal int BodyBytes { get; }

    internal void ChunkSent()
    {
        Interlocked.Increment(ref _chunksSent);
        _firstChunkSent.TrySetResult();
    }

    internal void LastSent() => _lastChunkSent.TrySetResult();

    internal void ClientGone() => _aborted.TrySetResult();

    internal void End() => _ended.TrySetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
