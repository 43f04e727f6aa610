using System.Collections.Concurrent;
using System.IO.Compression;
using Convonet.Emulator;
using Convonet.Models;
using Convonet.Models.Http;
using Convonet.Tests.EndToEnd;
using Convonet.Tests.Fakes;
using Convonet.Tests.Models.Http;
using Microsoft.AspNetCore.Http;

namespace Convonet.Tests.Models;

/// <summary>What the emulator cannot do wrong, as every adapter sees it.</summary>
public sealed class PeerFaultTests
{
    [Theory]
    [MemberData(nameof(EmulatedProviders.All), MemberType = typeof(EmulatedProviders))]
    public async Task Certificate_ThatNobodyTrusts_IsUnreachableAndItsWordsAreNotTold(EmulatedApi api)
    {
        await using var server = await LoopbackServer.StartAsync(tls: true, context => context.Response.WriteAsync("never"));
        using var http = new ProviderHttp();

        var (failure, before) = await EmulatedProviders.Create(api, http.Client, server.Address).AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(ModelErrorKind.Unreachable, failure.Kind);
        Assert.Empty(before);
        Assert.Empty(server.Requests);
        Assert.DoesNotContain("certificate", failure.Message, StringComparison.OrdinalIgnoreCase);
    }

    public static TheoryData<EmulatedApi, string?, int> Certificates =>
        [.. EmulatedProviders.Apis.SelectMany(api => new[] { (api, "elsewhere.example", 1), (api, (string?)null, -1) })];

    /// <summary>Its issuer is trusted: what is wrong is the name alone, or the time.</summary>
    [Theory]
    [MemberData(nameof(Certificates))]
    public async Task Certificate_OfAnotherNameOrOver_IsUnreachableAndNothingIsSent(EmulatedApi api, string? name, int days)
    {
        await using var good = await LoopbackServer.StartAsync(tls: true, context => context.Response.WriteAsync("no answer"));
        await using var bad = await LoopbackServer.StartAsync(tls: true, context => context.Response.WriteAsync("never"), name, days);
        using var trusting = new ProviderHttp(null, good.TrustIssuer);
        using var http = new ProviderHttp(null, bad.TrustIssuer);

        await EmulatedProviders.Create(api, trusting.Client, good.Address).AskAndFailAsync(ModelCalls.Hello);
        var (failure, before) = await EmulatedProviders.Create(api, http.Client, bad.Address).AskAndFailAsync(ModelCalls.Hello);

        Assert.Single(good.Requests);
        Assert.Equal(ModelErrorKind.Unreachable, failure.Kind);
        Assert.Empty(before);
        Assert.Empty(bad.Requests);
        Assert.DoesNotContain("certificate", failure.Message, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A few kilobytes that would be hundreds of megabytes: nobody asks for compressed answers, and one that comes is not unpacked.</summary>
    [Theory]
    [MemberData(nameof(EmulatedProviders.All), MemberType = typeof(EmulatedProviders))]
    public async Task Bomb_Compressed_IsNotUnpacked(EmulatedApi api)
    {
        var asked = new ConcurrentQueue<string>();
        var bomb = PackedNothing();
        await using var server = await LoopbackServer.StartAsync(tls: false, async context =>
        {
            asked.Enqueue(context.Request.Headers.AcceptEncoding.ToString());
            context.Response.ContentType = "text/event-stream; charset=utf-8";
            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.Body.WriteAsync(bomb, context.RequestAborted);
        });
        using var http = new ProviderHttp();

        var (failure, before) = await EmulatedProviders.Create(api, http.Client, server.Address).AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal([""], asked);
        Assert.Contains(failure.Kind, new[] { ModelErrorKind.Protocol, ModelErrorKind.Unfinished });
        Assert.Equal("", before.Text());
    }

    [Theory]
    [MemberData(nameof(EmulatedProviders.All), MemberType = typeof(EmulatedProviders))]
    public async Task Line_WithoutEnd_IsReadToItsBoundOnly(EmulatedApi api)
    {
        var megabyte = "data: " + new string('x', 1024 * 1024);
        await using var server = await LoopbackServer.StartAsync(tls: false, async context =>
        {
            context.Response.ContentType = "text/event-stream; charset=utf-8";
            for (var count = 0; count < 1000 && !context.RequestAborted.IsCancellationRequested; count++)
            {
                await context.Response.WriteAsync(megabyte, context.RequestAborted);
            }
        });
        using var http = new ProviderHttp();

        var (failure, before) = await EmulatedProviders.Create(api, http.Client, server.Address).AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(ModelErrorKind.Protocol, failure.Kind);
        Assert.Contains("an event of more than 1048576 bytes", failure.Message, StringComparison.Ordinal);
        Assert.Equal("", before.Text());
    }

    [Theory]
    [MemberData(nameof(EmulatedProviders.All), MemberType = typeof(EmulatedProviders))]
    public async Task Page_InPlaceOfAnAnswer_FailsAndIsNoAnswer(EmulatedApi api)
    {
        await using var server = await LoopbackServer.StartAsync(tls: false, context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<html><body>secret words: the proxy is down</body></html>");
        });
        using var http = new ProviderHttp();

        var (failure, before) = await EmulatedProviders.Create(api, http.Client, server.Address).AskAndFailAsync(ModelCalls.Hello);

        Assert.Contains(failure.Kind, new[] { ModelErrorKind.Protocol, ModelErrorKind.Unfinished });
        Assert.Equal("", before.Text());
        Assert.DoesNotContain("secret words", failure.ToString(), StringComparison.Ordinal);
    }

    private static byte[] PackedNothing()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            var comments = System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(": nothing\n\n", 100_000)));
            for (var megabyte = 0; megabyte < 100; megabyte++)
            {
                gzip.Write(comments);
            }
        }

        return packed.ToArray();
    }
}
