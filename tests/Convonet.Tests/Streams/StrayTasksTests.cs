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
