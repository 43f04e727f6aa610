using Convonet.Server.Cluster;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Cluster;

/// <summary>A node that the others have given up stops in time.</summary>
public sealed class LostNodeTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Lifetime _lifetime = new();
    private readonly LostNode _node;
    private int _ended;

    public LostNodeTests() => _node = new LostNode(_lifetime, _time, () => _ended++, NullLogger<LostNode>.Instance);

    public void Dispose()
    {
        _node.Dispose();
        Environment.ExitCode = 0;
    }

    [Fact]
    public void Lost_Hangs_EndsAfterTheLimit()
    {
        Lose();
        Lose();
        Assert.Equal(1, _lifetime.Stops);

        _time.Advance(LostNode.StopLimit - TimeSpan.FromTicks(1));
        Assert.Equal(0, _ended);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(1, _ended);
    }

    [Fact]
    public void Lost_HasStopped_IsNotEndedAgain()
    {
        Lose();
        _node.Dispose();

        _time.Advance(2 * LostNode.StopLimit);

        Assert.Equal(0, _ended);
    }

    private void Lose() => _node.OnFatalException(this, "Given up.", null);

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public int Stops { get; private set; }

        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication() => Stops++;
    }
}
