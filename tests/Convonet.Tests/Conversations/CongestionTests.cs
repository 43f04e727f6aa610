using Convonet.Conversations;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Conversations;

/// <summary>When a line is taken for one that does not end, and what is refused then.</summary>
public sealed class CongestionTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(60);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Note_AllHaveWaitedForAnInterval_IsThere_UntilOneHasNot()
    {
        var line = new Congestion(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100), _time);

        line.Note(Long);
        Assert.False(line.IsThere);
        _time.Advance(TimeSpan.FromMilliseconds(40));
        line.Note(Long);
        Assert.True(line.IsThere);
        line.Note(Short);
        Assert.False(line.IsThere);
    }

    [Fact]
    public void Note_OneHasWaitedLongerThanAnInterval_IsThereAtOnce()
    {
        var line = new Congestion(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100), _time);

        line.Note(TimeSpan.FromSeconds(2));

        Assert.True(line.IsThere);
    }

    [Fact]
    public void Note_LongAgo_SaysNothing()
    {
        var line = new Congestion(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100), _time);

        line.Note(TimeSpan.FromSeconds(2));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(line.IsThere);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TryEnter_WhileThereIsALine_TakesAFewTurnsAndRefusesMore(bool ofTheStore)
    {
        var admission = new TurnAdmission(new AdmissionOptions { TurnsInCongestion = 2 }, _time);
        var line = ofTheStore ? admission.Store : admission.Threads;

        line.Note(TimeSpan.FromSeconds(1));
        Assert.NotNull(admission.TryEnter("a"));
        Assert.NotNull(admission.TryEnter("b"));
        Assert.False(admission.HasRoom("c"));
        Assert.Null(admission.TryEnter("c"));
        Assert.NotNull(admission.TryEnter("c", isAccepted: true));

        line.Note(TimeSpan.Zero);
        Assert.Null(admission.TryEnter("c"));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.NotNull(admission.TryEnter("c"));
        Assert.Null(admission.TryEnter("c"));
    }

    /// <summary>Open or shut would fill the line anew with each opening.</summary>
    [Fact]
    public void TryEnter_LineThatStands_TakesLessEachHalfSecond_AndDoublesInTwoSecondsWithoutIt()
    {
        var admission = new TurnAdmission(new AdmissionOptions { TurnsInCongestion = 2, MaxTurnsOfUser = 1000 }, _time);
        var places = new Queue<IDisposable>(Enumerable.Range(0, 100).Select(_ => admission.TryEnter("a")!));

        admission.Store.Note(TimeSpan.FromSeconds(1));
        Assert.Equal(70, Room());
        _time.Advance(TimeSpan.FromMilliseconds(400));
        admission.Store.Note(TimeSpan.FromSeconds(1));
        Assert.Equal(70, Room());
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(49, Room());

        admission.Store.Note(TimeSpan.Zero);
        Assert.Equal(49, Room());
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(98, Room());
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(1000, Room());

        // How many may be under way: as many as leave and are let in again.
        int Room()
        {
            while (places.Count > 0 && !admission.HasRoom("a"))
            {
                places.Dequeue().Dispose();
            }

            while (admission.TryEnter("a") is { } place)
            {
                places.Enqueue(place);
            }

            return places.Count;
        }
    }
}
