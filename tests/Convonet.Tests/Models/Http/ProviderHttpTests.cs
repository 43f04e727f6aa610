using System.Net;
using System.Text;
using Convonet.Models.Http;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Models.Http;

public sealed class ProviderHttpTests
{
    [Fact]
    public async Task Client_TlsServer_SpeaksHttp2OnOneConnection()
    {
        await using var server = await LoopbackServer.StartAsync(tls: true, c => c.Response.WriteAsync("ok"));
        using var http = new ProviderHttp(null, server.Trust);

        // The request asks for 1.1, as those of the SDKs do.
        using var first = await http.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, server.Address), TestContext.Current.CancellationToken);
        using var second = await http.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, server.Address), TestContext.Current.CancellationToken);

        Assert.Equal(HttpVersion.Version20, first.Version);
        Assert.Equal(["HTTP/2", "HTTP/2"], server.Requests.Select(r => r.Protocol));
        Assert.Single(server.Requests.Select(r => r.Connection).Distinct());
    }

    [Fact]
    public async Task Client_PlainServer_FallsBackToHttp11OnOneConnection()
    {
        await using var server = await LoopbackServer.StartAsync(tls: false, c => c.Response.WriteAsync("ok"));
        using var http = new ProviderHttp();

        await http.Client.GetStringAsync(server.Address, TestContext.Current.CancellationToken);
        await http.Client.GetStringAsync(server.Address, TestContext.Current.CancellationToken);

        Assert.Equal(["HTTP/1.1", "HTTP/1.1"], server.Requests.Select(r => r.Protocol));
        Assert.Single(server.Requests.Select(r => r.Connection).Distinct());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Client_StreamCancelledBetweenReads_TheServerSeesItAtOnce(bool tls)
    {
        var token = TestContext.Current.CancellationToken;
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await LoopbackServer.StartAsync(tls, async context =>
        {
            using var _ = context.RequestAborted.Register(aborted.SetResult);
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: 1\n\n", token);
            await context.Response.Body.FlushAsync(token);
            await aborted.Task.WaitAsync(token);
        });
        using var http = new ProviderHttp(null, server.Trust);
        using var response = await http.Client.GetAsync(server.Address, HttpCompletionOption.ResponseHeadersRead, token);
        await using var body = await response.Content.ReadAsStreamAsync(token);
        var buffer = new byte[64];
        var read = await body.ReadAsync(buffer, token);
        Assert.Equal("data: 1\n\n", Encoding.UTF8.GetString(buffer, 0, read));

        response.Dispose();

        await aborted.Task.WaitAsync(token);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Client_StreamIsResetOrTheConnectionTakesNoMore_OthersGoOn(bool isReset)
    {
        var token = TestContext.Current.CancellationToken;
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await LoopbackServer.StartAsync(tls: true, async context =>
        {
            switch (context.Request.Path.Value)
            {
                case "/long":
                    await context.Response.WriteAsync("one ", token);
                    await context.Response.Body.FlushAsync(token);
                    await go.Task.WaitAsync(token);
                    await context.Response.WriteAsync("two", token);
                    break;
                case "/spoilt" when isReset:
                    context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(2);
                    break;
                case "/spoilt":
                    context.Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>().RequestClose(); // GOAWAY
                    break;
            }
        });
        using var http = new ProviderHttp(null, server.Trust);
        using var running = await http.Client.GetAsync(new Uri(server.Address, "/long"), HttpCompletionOption.ResponseHeadersRead, token);

        var spoilt = await Record.ExceptionAsync(() => http.Client.GetAsync(new Uri(server.Address, "/spoilt"), token));
        for (var tries = 0; tries < 1000 && Connections() < (isReset ? 1 : 2); tries++)
        {
            // The word that the connection takes no more may still be on its way.
            using var early = await http.Client.GetAsync(new Uri(server.Address, "/next"), token);
        }

        using var next = await http.Client.GetAsync(new Uri(server.Address, "/next"), token);
        go.SetResult();

        Assert.Equal(isReset, spoilt is HttpRequestException);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        Assert.Equal("one two", await running.Content.ReadAsStringAsync(token));
        Assert.Equal(isReset ? 1 : 2, Connections());
        int Connections() => server.Requests.Select(request => request.Connection).Distinct().Count();
    }

    [Fact]
    public async Task Client_Redirect_IsNotFollowed()
    {
        await using var server = await LoopbackServer.StartAsync(tls: false, c =>
        {
            c.Response.Redirect("/elsewhere");
            c.Response.Cookies.Append("a", "b");
            return Task.CompletedTask;
        });
        using var http = new ProviderHttp();

        using var response = await http.Client.GetAsync(server.Address, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Client_HugeResponseHeader_IsRefused()
    {
        await using var server = await LoopbackServer.StartAsync(tls: false, c =>
        {
            c.Response.Headers["x-big"] = new string('x', 40 * 1024);
            return Task.CompletedTask;
        });
        using var http = new ProviderHttp();

        await Assert.ThrowsAsync<HttpRequestException>(() => http.Client.GetAsync(server.Address, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Pool_Settings_AreThoseOfALongStream()
    {
        SocketsHttpHandler? pool = null;
        using var http = new ProviderHttp(null, handler => pool = handler);

        Assert.Equal(Timeout.InfiniteTimeSpan, http.Client.Timeout);
        Assert.Equal(TimeSpan.FromMinutes(5), pool!.PooledConnectionLifetime);
        Assert.Equal(ProviderHttp.IdleLimit, pool.PooledConnectionIdleTimeout);
        Assert.Equal(TimeSpan.FromSeconds(15), pool.KeepAlivePingDelay);
        Assert.Equal(TimeSpan.FromSeconds(5), pool.KeepAlivePingTimeout);
        Assert.Equal(TimeSpan.FromSeconds(3), pool.ConnectTimeout);
        Assert.True(pool.EnableMultipleHttp2Connections);
        Assert.False(pool.UseCookies);

        // Both at zero: otherwise a cancelled HTTP/1.1 stream is read for up to 2 s before the server learns of it.
        Assert.Equal(0, pool.MaxResponseDrainSize);
        Assert.Equal(TimeSpan.Zero, pool.ResponseDrainTimeout);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Warm_ThenFirstRequest_UsesTheWarmedConnection(bool tls)
    {
        var token = TestContext.Current.CancellationToken;
        await using var server = await LoopbackServer.StartAsync(tls, c =>
        {
            c.Response.StatusCode = c.Request.Path == "/" ? 404 : 200;
            return c.Response.WriteAsync(new string('x', 10_000));
        });
        using var http = new ProviderHttp(null, server.Trust);

        Assert.True(await http.WarmAsync(server.Address, token));
        await http.Client.GetStringAsync(new Uri(server.Address, "/ask"), token);

        Assert.Equal(2, server.Requests.Count);
        Assert.Single(server.Requests.Select(r => r.Connection).Distinct());
    }

    [Fact]
    public async Task Warm_UsedRecently_AsksAgainOnlyAfterTheIdleLimit()
    {
        var token = TestContext.Current.CancellationToken;
        var time = new FakeTimeProvider();
        await using var server = await LoopbackServer.StartAsync(tls: false, c => c.Response.WriteAsync("ok"));
        using var http = new ProviderHttp(time);

        Assert.True(await http.WarmAsync(server.Address, token));
        time.Advance(TimeSpan.FromSeconds(119));
        Assert.False(await http.WarmAsync(server.Address, token));

        // A real request counts as a use.
        await http.Client.GetStringAsync(server.Address, token);
        time.Advance(TimeSpan.FromSeconds(119));
        Assert.False(await http.WarmAsync(server.Address, token));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await http.WarmAsync(server.Address, token));
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task Warm_SeveralAtOnce_AsksOnce()
    {
        var token = TestContext.Current.CancellationToken;
        await using var server = await LoopbackServer.StartAsync(tls: false, c => c.Response.WriteAsync("ok"));
        using var http = new ProviderHttp();

        var answered = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => http.WarmAsync(server.Address, token)));

        Assert.Single(answered, a => a);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Warm_NobodyThere_SaysSoAndMayTryAgain()
    {
        var token = TestContext.Current.CancellationToken;
        Uri address;
        await using (var server = await LoopbackServer.StartAsync(tls: false, c => Task.CompletedTask))
        {
            address = server.Address;
        }

        using var http = new ProviderHttp();

        Assert.False(await http.WarmAsync(address, token));
        await using var back = await LoopbackServer.StartAsync(tls: false, c => Task.CompletedTask);
        Assert.True(await http.WarmAsync(back.Address, token));
    }

    [Fact]
    public async Task Warm_ServerThatNeverAnswers_GivesUpAfterItsLimit()
    {
        var token = TestContext.Current.CancellationToken;
        var time = new FakeTimeProvider();
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await LoopbackServer.StartAsync(tls: false, async context =>
        {
            arrived.SetResult();
            var never = new TaskCompletionSource();
            using var _ = context.RequestAborted.Register(never.SetResult);
            await never.Task;
        });
        using var http = new ProviderHttp(time);

        var warming = http.WarmAsync(server.Address, token);
        await arrived.Task.WaitAsync(token);
        time.Advance(ProviderHttp.WarmLimit - TimeSpan.FromMilliseconds(1));
        Assert.False(warming.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.False(await warming.WaitAsync(token));
    }

    [Fact]
    public async Task Warm_CallerCancels_IsCancelled()
    {
        using var http = new ProviderHttp();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => http.WarmAsync(new Uri("http://127.0.0.1:9/"), new CancellationToken(canceled: true)));
    }
}
