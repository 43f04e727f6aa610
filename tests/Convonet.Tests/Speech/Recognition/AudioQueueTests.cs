using Convonet.Speech.Recognition;

namespace Convonet.Tests.Speech.Recognition;

public sealed class AudioQueueTests
{
    private readonly AudioQueue _queue = new();

    [Fact]
    public void Take_WhatWasAdded_ComesInOrder()
    {
        _queue.Add([1, 2], TimeSpan.FromSeconds(1));
        _queue.AddFinish();
        _queue.AddPause();

        Assert.True(_queue.Take(out var piece) & _queue.Take(out var finish) & _queue.Take(out var pause));
        Assert.Equal([1, 2], Assert.IsType<AudioStep.Piece>(piece).Audio.ToArray());
        Assert.IsType<AudioStep.Finish>(finish);
        Assert.IsType<AudioStep.Pause>(pause);
        Assert.True(_queue.IsEmpty);
    }

    [Fact]
    public void Add_MoreThanTheBacklog_IsOverloadedUntilSomethingIsTaken()
    {
        for (var second = 0; second < 30; second++)
        {
            _queue.Add(new byte[RecognitionLimits.MaxPieceBytes], TimeSpan.Zero);
        }

        Assert.Equal(RecognitionErrorKind.Overloaded, Assert.Throws<RecognitionException>(() => _queue.Add(new byte[2], TimeSpan.Zero)).Kind);
        _queue.Take(out _);
        _queue.Add(new byte[2], TimeSpan.Zero);
    }

    [Fact]
    public async Task Close_WhileSomebodyWaits_EndsTheWaiting()
    {
        var waiting = Task.Run(() => _queue.Take(out _), TestContext.Current.CancellationToken);

        _queue.Close();

        Assert.False(await waiting);
        _queue.Add(new byte[2], TimeSpan.Zero);
        Assert.True(_queue.IsEmpty);
    }
}
