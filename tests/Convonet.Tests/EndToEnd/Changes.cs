using System.Runtime.CompilerServices;

namespace Convonet.Tests.EndToEnd;

/// <summary>Lets tests wait for a condition without polling: it is looked at again whenever something has changed.</summary>
internal sealed class Changes
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private TaskCompletionSource _next = New();

    public void Raise() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    /// <summary>Waits until the condition holds; fails with its text when it does not within half a minute.</summary>
    public async Task UntilAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        using var limit = new CancellationTokenSource(Longest);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, TestContext.Current.CancellationToken);
        while (true)
        {
            var next = Volatile.Read(ref _next).Task;
            if (condition())
            {
                return;
            }

            try
            {
                await next.WaitAsync(stop.Token);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                Assert.Fail($"This did not come true within {Longest.TotalSeconds} s: {text}");
            }
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Signals that must come.</summary>
internal static class Signals
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Awaits a signal; fails with its name when it does not come within half a minute.</summary>
    public static async Task InTime(this Task signal, [CallerArgumentExpression(nameof(signal))] string text = "")
    {
        try
        {
            await signal.WaitAsync(Longest, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"This did not happen within {Longest.TotalSeconds} s: {text}");
        }
    }

    /// <summary>Awaits a value; fails with its name when it does not come within half a minute.</summary>
    public static async Task<T> InTime<T>(this Task<T> signal, [CallerArgumentExpression(nameof(signal))] string text = "")
    {
        await ((Task)signal).InTime(text);
        return await signal;
    }
}
