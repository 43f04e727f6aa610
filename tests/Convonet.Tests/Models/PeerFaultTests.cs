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
}
