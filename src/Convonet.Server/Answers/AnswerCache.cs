using System.Text;
using Convonet.Conversations;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;

namespace Convonet.Server.Answers;

/// <summary>
/// Keeps answers in memory, and those that are for everybody in Redis too, where there is one. What one user was told stays in the memory of one node. The cache is no
/// place that a turn waits for or breaks at.
/// </summary>
internal sealed partial class AnswerCache(HybridCache cache, IOptions<CacheOptions> options, TimeProvider time, ILogger<AnswerCache> logger) : IAnswerCache
{
    /// <summary>The largest answer that is kept, in bytes of UTF-8.</summary>
    internal const int LargestBytes = 64 * 1024;

    /// <summary>How long a turn waits for Redis.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly HybridCacheEntryOptions _findShared = new() { Flags = HybridCacheEntryFlags.DisableUnderlyingData };
    private readonly HybridCacheEntryOptions _findOwn = new() { Flags = HybridCacheEntryFlags.DisableUnderlyingData | HybridCacheEntryFlags.DisableDistributedCache };
    private readonly HybridCacheEntryOptions _keepShared = new() { Expiration = options.Value.Lifetime, LocalCacheExpiration = options.Value.Lifetime };
    private readonly HybridCacheEntryOptions _keepOwn = new() { Expiration = options.Value.OwnLifetime, LocalCacheExpiration = options.Value.OwnLifetime, Flags = HybridCacheEntryFlags.DisableDistributedCache };

    public bool KeepsOwn => options.Value.FirstTurns;

    public ValueTask<string?> FindAsync(AnswerKey key, CancellationToken cancellationToken) => FindAsync(key, Patience, cancellationToken);

    /// <summary>As the other, for whoever has more time than a turn.</summary>
    public async ValueTask<string?> FindAsync(AnswerKey key, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (key.IsShared && options.Value.Questions.Count == 0)
        {
            return null; // Redis need not be asked for what nobody puts there
        }

        using var patience = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await cache.GetOrCreateAsync(NameOf(key), static _ => ValueTask.FromResult<string?>(null), key.IsShared ? _findShared : _findOwn, cancellationToken: either.Token)
                .AsTask().WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogSlow(limit.TotalMilliseconds);
            return null;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // The border: a model can be asked as well.
            LogNotAsked(error);
            return null;
        }
    }

    public async ValueTask KeepAsync(AnswerKey key, string answer, CancellationToken cancellationToken)
    {
        // A text beyond HybridCache's own limit would stay in memory all the same.
        if (Encoding.UTF8.GetByteCount(answer) is > LargestBytes and var bytes)
        {
            LogTooLarge(bytes);
            return;
        }

        try
        {
            await cache.SetAsync(NameOf(key), answer, key.IsShared ? _keepShared : _keepOwn, cancellationToken: cancellationToken);
        }
        catch (Exception error)
        {
            // The border: then it is not given again.
            LogNotKept(error);
        }
    }

    private static string NameOf(AnswerKey key) => $"convonet:answer:{key.Hash}";

    [LoggerMessage(LogLevel.Warning, "The cache of answers could not be asked.")]
    private partial void LogNotAsked(Exception error);

    [LoggerMessage(LogLevel.Warning, "The cache of answers did not answer within {Milliseconds} ms: a model is asked.")]
    private partial void LogSlow(double milliseconds);

    [LoggerMessage(LogLevel.Warning, "An answer of {Bytes} bytes is too large to be kept.")]
    private partial void LogTooLarge(int bytes);

    [LoggerMessage(LogLevel.Warning, "An answer could not be put into the cache.")]
    private partial void LogNotKept(Exception error);
}
