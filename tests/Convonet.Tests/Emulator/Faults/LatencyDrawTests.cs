using Convonet.Emulator;
using Convonet.Emulator.Faults;
using Convonet.Tests.EndToEnd;
using static Convonet.Emulator.Scripts.Script;
using static Convonet.Tests.Emulator.EmulatorClient;

namespace Convonet.Tests.Emulator.Faults;

/// <summary>Answers that take as long as those of real models.</summary>
public sealed class LatencyDrawTests
{
    [Theory]
    [InlineData(850, 4126)]
    [InlineData(536, 1771)]
    [InlineData(550, 850)]
    public void Next_ManyTimes_HasThePercentilesThatWereAskedFor(int p50, int p95)
    {
        var drawn = Draw($"latency;p50={p50};p95={p95};seed=1", 20_000).Order().ToArray();

        Assert.InRange(drawn[drawn.Length / 2], p50 * 0.97, p50 * 1.03);
        Assert.InRange(drawn[drawn.Length * 95 / 100], p95 * 0.95, p95 * 1.05);
    }

    [Fact]
    public void Next_SameSeed_SameDraws()
    {
        Assert.Equal(Draw("latency;p50=850;p95=4126;seed=7", 50), Draw("latency;p50=850;p95=4126;seed=7", 50));
        Assert.NotEqual(Draw("latency;p50=850;p95=4126;seed=7", 50), Draw("latency;p50=850;p95=4126;seed=8", 50));
    }

    [Theory]
    [InlineData("latency")]
    [InlineData("latency;p50=0;p95=5")]
    [InlineData("latency;p50=10;p95=9")]
    public void Parse_NoDistribution_IsRefused(string fault) => Assert.Contains("needs p50", Assert.Throws<FormatException>(() => new StandingFaults(fault)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Answer_WithLatency_ComesWhenTheDrawnTimeIsOver()
    {
        var time = new ObservedTime();
        await using var client = await StartAsync(new EmulatorOptions { Faults = "latency;p50=700;p95=700", Time = time });
        client.Emulator.Enqueue(Of(Say("Hello")));
        var asked = client.SendAsync(EmulatedApi.Gemini);
        var request = await client.Emulator.RequestAsync(0, TestContext.Current.CancellationToken);

        await time.ArmedAsync(TimeSpan.FromMilliseconds(700));
        Assert.False(request.FirstChunkSent.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(700));

        using var answer = await asked;
        Assert.True(answer.IsSuccessStatusCode);
    }

    private static int[] Draw(string fault, int count)
    {
        var faults = new StandingFaults(fault);
        return [.. Enumerable.Range(0, count).Select(_ => Assert.Single(faults.Take()).Number("ms", -1))];
    }
}
