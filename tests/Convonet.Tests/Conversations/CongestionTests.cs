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

    [Fact]
    public void Note_ALongWaitBehindALineThatWasFound_IsThereAtOnce_UntilThereWasNoneForAWhile()
    {
        var line = new Congestion(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100), _time);
        line.Note(TimeSpan.FromSeconds(1));

        line.Note(Short);
        Assert.False(line.IsThere);
        line.Note(Long);
        Assert.True(line.IsThere);
        line.Note(Short);
        _time.Advance(TimeSpan.FromSeconds(2));
        line.Note(Long);
        Assert.False(line.IsThere);
    }

    /// <summary>Those before one are known before one of them can tell how long it has waited.</summary>
    [Fact]
    public void Enter_BehindALineThatWasFound_IsThereForTheNumberOfThoseBefore()
    {
        var line = new Congestion(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100), _time);
        for (var i = 0; i < 1_000; i++)
        {
            line.Enter();
            _time.Advance(TimeSpan.FromMilliseconds(1));
            line.Leave();
        }

        Enter(60);
        Assert.False(line.IsThere); // a burst
        line.Note(TimeSpan.FromSeconds(1));
        line.Note(Short);
        Assert.True(line.IsThere);

        for (var i = 0; i < 11; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            line.Leave();
        }

        Assert.False(line.IsThere);
        Enter(2);
        Assert.True(line.IsThere);

        void Enter(int many)
        {
            for (var i = 0; i < many; i++)
            {
                line.Enter();
            }
        }
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
        Assert.NotNull(admission.TryEnter("c"));
    }
}
