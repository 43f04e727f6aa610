using System.Text;
using System.Text.Json;
using Convonet.Emulator;
using Convonet.Emulator.Brain;
using Convonet.Emulator.Recording;
using Convonet.Emulator.Scripts;
using Convonet.Emulator.Wire;
using Microsoft.AspNetCore.Http;

namespace Convonet.Tests.Emulator;

public sealed class AnswerWriterTests
{
    [Fact]
    public async Task RunAsync_SplitBytes_CutsInsideCharactersTheSameWayEachTime()
    {
        var first = await WriteAsync(seed: 5);
        var again = await WriteAsync(seed: 5);
        var other = await WriteAsync(seed: 6);

        Assert.All(first, write => Assert.InRange(write.Length, 1, 3));
        Assert.Equal(first, again);
        Assert.NotEqual(first.Select(write => write.Length), other.Select(write => write.Length));
        Assert.Contains(first, write => (write[^1] & 0xC0) == 0xC0);
        Assert.Contains("日本語", Encoding.UTF8.GetString([.. first.SelectMany(write => write)]));
    }

    private static async Task<List<byte[]>> WriteAsync(int seed)
    {
        var writes = new List<byte[]>();
        var context = new DefaultHttpContext { Response = { Body = new RecordingStream(writes) } };
        var prompt = new Prompt("m", "", [], [], Stream: true, InputTokens: 1);
        var record = new RecordedRequest(EmulatedApi.OpenAIChat, "/", default(JsonElement), new Dictionary<string, string>(), default, 0);
        var format = WireFormat.Of(EmulatedApi.OpenAIChat);
        var options = new EmulatorOptions { SplitBytes = 3, SplitSeed = seed, FirstDelay = TimeSpan.Zero, Gap = TimeSpan.Zero };
        var encoder = new FixedEncoder(prompt);

        var writer = new AnswerWriter(context, record, format, encoder, options, _ => throw new InvalidOperationException(), stream: true) { BeforeCut = () => { } };
        await writer.RunAsync([Script.Piece("日本語 日本語 日本語 日本語")], [], TestContext.Current.CancellationToken);
        return writes;
    }

    /// <summary>Real encoders put random ids into their events.</summary>
    private sealed class FixedEncoder(Prompt prompt) : AnswerEncoder(prompt)
    {
        internal override string BadJson => "";

        internal override IEnumerable<WireEvent> Begin() => [];

        internal override IEnumerable<WireEvent> Text(string delta) => [new WireEvent(delta, true)];

        internal override IEnumerable<WireEvent> Calls(IReadOnlyList<AnswerCall> calls) => [];

        internal override IEnumerable<WireEvent> End(Finish reason) => [];

        internal override IEnumerable<WireEvent> Error(string? kind) => [];

        internal override System.Text.Json.Nodes.JsonObject Whole(Finish reason) => [];

        internal override string NewCallId() => "id";
    }

    private sealed class RecordingStream(List<byte[]> writes) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            writes.Add(buffer.ToArray());
            return ValueTask.CompletedTask;
        }
    }
}
