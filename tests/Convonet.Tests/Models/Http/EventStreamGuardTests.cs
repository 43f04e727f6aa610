using System.Text;
using Convonet.Models;
using Convonet.Models.Http;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Models.Http;

public sealed class EventStreamGuardTests
{
    [Theory]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("\r\n")]
    public async Task Read_ManyEventsBelowTheBound_PassesThemUnchanged(string newLine)
    {
        var text = string.Concat(Enumerable.Repeat($"data: 12345{newLine}{newLine}", 100));

        foreach (var size in new[] { 1, 2, 13, 4096 })
        {
            Assert.Equal(text, await ReadAsync(text, maxEventBytes: 20, size));
        }
    }

    [Theory]
    [InlineData("data: 123456789012345")]
    [InlineData("data: 1234567\ndata: 1234567\n")]
    [InlineData("data: 1234567\r\ndata: 1234567\r\n")]
    [InlineData(": a\n: a\n: a\n: a\n: a\n: a\n")]
    public async Task Read_EventAboveTheBound_Throws(string text)
    {
        foreach (var size in new[] { 1, 4096 })
        {
            var error = await Assert.ThrowsAsync<ModelException>(() => ReadAsync(text, maxEventBytes: 20, size));
            Assert.Equal(ModelErrorKind.Protocol, error.Kind);
        }
    }

    [Theory]
    [InlineData("data: {\"a\":1}\n\n", "")]
    [InlineData("data: [\n\n", "")]
    [InlineData("data: 1\n\n{\n \"error\": {}\n}\n", "{\n \"error\": {}\n}\n")]
    [InlineData("[{\"error\":1}]", "[{\"error\":1}]")]
    [InlineData("\r\n\r\n{\r\n}", "{\n}")]
    public async Task Stray_JsonBetweenEvents_IsKept(string text, string expected)
    {
        foreach (var size in new[] { 1, 4096 })
        {
            using var guard = new EventStreamGuard(new PiecewiseStream().Text(text, size));
            await guard.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);

            Assert.Equal(expected, Encoding.UTF8.GetString(guard.Stray.Span));
        }
    }

    [Fact]
    public async Task Stray_WithoutEnd_IsBounded()
    {
        var text = string.Concat(Enumerable.Repeat("{" + new string('x', 999) + "\n\n", 100));
        using var guard = new EventStreamGuard(new MemoryStream(Encoding.UTF8.GetBytes(text)));

        await guard.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);

        Assert.Equal(64 * 1024, guard.Stray.Length);
    }

    private static async Task<string> ReadAsync(string text, int maxEventBytes, int size)
    {
        using var guard = new EventStreamGuard(new PiecewiseStream().Text(text, size), maxEventBytes);
        using var reader = new StreamReader(guard);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
