using Convonet.Streams;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Streams;

public sealed class StrayTasksTests
{
    private readonly StrayTasks _strays = new(NullLogger<StrayTasks>.Instance);

    [Fact]
    public async Task Drain_TaskStillRuns_WaitsForIt()
    {
        var task = new TaskCompletionSource();
        _strays.Adopt(task.Task, "A test");

        var drained = _strays.DrainAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, _strays.Count);
        Assert.False(drained.IsCompleted);
        task.SetResult();
        await drained;

        Assert.Equal(0, _strays.Count);
    }

    /// <summary>The thread that ends the task has not taken it off the list yet, and must come to it.</summary>
    [Fact]
    public async Task Drain_OnTheThreadThatEndsTheTask_DoesNotHoldItUp()
    {
        var task = new TaskCompletionSource();
        var drained = task.Task.ContinueWith(
            _ => _strays.DrainAsync(TestContext.Current.CancellationToken), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Unwrap();
        _strays.Adopt(task.Task, "A test");

        task.SetResult();
        await drained;

        Assert.Equal(0, _strays.Count);
    }

    [Fact]
    public async Task Adopt_TaskFails_IsObservedAndForgotten()
    {
        var task = new TaskCompletionSource();
        _strays.Adopt(task.Task, "A test");

        task.SetException(new InvalidOperationException("boom"));
        await _strays.DrainAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, _strays.Count);
    }

    [Fact]
    public void Adopt_TaskHasEnded_IsNotCounted()
    {
        _strays.Adopt(Task.CompletedTask, "A test");

        Assert.Equal(0, _strays.Count);
    }
}
