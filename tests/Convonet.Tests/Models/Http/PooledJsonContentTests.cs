using Convonet.Models.Http;

namespace Convonet.Tests.Models.Http;

public sealed class PooledJsonContentTests
{
    [Fact]
    public async Task Content_OfAnySize_IsWhatWasWrittenWithItsLength()
    {
        foreach (var length in new[] { 0, 10, 4096, 100_000 })
        {
            var text = new string('é', length);
            using var content = PooledJsonContent.Create(text, static (json, value) => json.WriteStringValue(value));

            var body = await content.ReadAsStringAsync(TestContext.Current.CancellationToken);

            Assert.Equal($"\"{text}\"", body);
            Assert.Equal((length * 2) + 2, content.Headers.ContentLength);
        }
    }

    [Fact]
    public async Task Content_SentTwice_IsTheSame()
    {
        using var content = PooledJsonContent.Create(1, static (json, value) => json.WriteNumberValue(value));
        using var first = new MemoryStream();
        using var second = new MemoryStream();

        await content.CopyToAsync(first, TestContext.Current.CancellationToken);
        await content.CopyToAsync(second, TestContext.Current.CancellationToken);

        Assert.Equal("1"u8.ToArray(), first.ToArray());
        Assert.Equal("1"u8.ToArray(), second.ToArray());
    }

    [Fact]
    public async Task Dispose_WhileStillBeingSent_KeepsTheBufferUntilItIsSent()
    {
        var token = TestContext.Current.CancellationToken;
        var content = PooledJsonContent.Create("text", static (json, value) => json.WriteStringValue(value));
        await using var slow = new SlowStream();

        var sending = content.CopyToAsync(slow, token);
        content.Dispose();

        slow.Go.SetResult();
        await sending;
        Assert.Equal("\"text\""u8.ToArray(), slow.Received);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => content.CopyToAsync(Stream.Null, token));
    }

    [Fact]
    public void Create_WriterThatThrows_Throws() =>
        Assert.Throws<FormatException>(() => PooledJsonContent.Create(0, static (_, _) => throw new FormatException()));

    private sealed class SlowStream : MemoryStream
    {
        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public byte[] Received { get; private set; } = [];

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Go.Task.WaitAsync(cancellationToken);
            Received = buffer.ToArray();
        }
    }
}
