using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Convonet.Client;
using Convonet.Conversations;
using Convonet.Tests.Fakes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Client;

/// <summary>The .NET client against the real server.</summary>
public sealed class ClientEndToEndTests
{
    [Fact]
    public async Task Turn_WithATool_IsStreamedAsTheServersRecords()
    {
        await using var server = await TestServer.StartAsync(demo: true);
        await using var client = new ConvonetClient(server.Voice);

        var id = client.Send("Add buy milk to my to-do list");
        var told = await UntilAsync(client, static one => one is SessionEvent.AgentResponse);

        Assert.Equal(id, Assert.Single(told.OfType<SessionEvent.Accepted>()).ClientMsgId);
        Assert.Equal("create_todo", Assert.Single(told.OfType<SessionEvent.ToolChunk>()).ToolCall.Name);
        Assert.Equal("ok", Assert.Single(told.OfType<SessionEvent.ToolEnded>()).Outcome);
        Assert.Equal(((SessionEvent.AgentResponse)told[^1]).Text, string.Concat(told.OfType<SessionEvent.TextChunk>().Select(chunk => chunk.Text)));
        Assert.Empty(client.Unaccepted);
    }

    [Fact]
    public async Task NextProgram_WithTheSameStore_FollowsTheSameConversation()
    {
        await using var server = await TestServer.StartAsync();
        server.Model.Says("Hello.");
        var store = new MemoryStore();
        await using (var first = new ConvonetClient(new ConvonetClientOptions { Address = server.Voice, Store = store }))
        {
            first.Send("Hi");
            await UntilAsync(first, static one => one is SessionEvent.AgentResponse);
        }

        await using var second = new ConvonetClient(new ConvonetClientOptions { Address = server.Voice, Store = store });
        var told = await UntilAsync(second, static one => one is SessionEvent.AgentResponse);

        Assert.Equal("Hello.", ((SessionEvent.AgentResponse)told[^1]).Text);
        Assert.Equal(store.Kept?.Conversation, second.Conversation);
    }

    [Fact]
    public async Task Connect_WithATokenThatDoesNotHold_SaysWhatToDo()
    {
        await using var server = await TestServer.StartAsync(TestServer.Beyond);
        await using var client = new ConvonetClient(new ConvonetClientOptions { Address = server.Voice, AccessToken = static _ => ValueTask.FromResult<string?>("none") });

        var error = await Assert.ThrowsAsync<ConvonetException>(() => UntilAsync(client, static _ => false));

        Assert.Contains("401", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_ToAPathWithoutAServer_EndsAndSaysSo()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = new ConvonetClient(new Uri(server.Voice, "/voce?token=s3cret"));

        var error = await Assert.ThrowsAsync<ConvonetException>(() => UntilAsync(client, static _ => false));

        Assert.Equal($"There is no Convonet server at {new Uri(server.Voice, "/voce")}: HTTP 404 was the answer, and no WebSocket. The path is usually /voice.", error.Message);
        Assert.Equal(ConnectionState.Closed, client.State);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(408)]
    public async Task Connect_ToAServerThatIsBusy_IsTriedAgain(int status)
    {
        var asked = new StrongBox<int>();
        await using var server = await StartBehindAProxyAsync(asked, refused: 1, status);
        await using var client = new ConvonetClient(new ConvonetClientOptions { Address = server.Voice });

        client.Send("Hi");
        var told = await UntilAsync(client, static one => one is SessionEvent.AgentResponse);

        Assert.Equal("Hello.", ((SessionEvent.AgentResponse)told[^1]).Text);
        Assert.Equal(2, asked.Value);
    }

    [Fact]
    public async Task Connect_AgainToAServerWhoseProxyHasNone_IsTriedAgain()
    {
        var asked = new StrongBox<int>();
        await using var server = await StartBehindAProxyAsync(asked, refused: 2, StatusCodes.Status404NotFound);
        WebSocket? socket = null;
        var options = new ConvonetClientOptions { Address = server.Voice };
        await using var client = new ConvonetClient(options with { OpenAsync = async (address, token, cancellationToken) => socket = await options.OpenAsync(address, token, cancellationToken) });
        await UntilAsync(client, static one => one is SessionEvent.Connected);

        socket!.Abort();
        client.Send("Hi");
        await UntilAsync(client, static one => one is SessionEvent.AgentResponse);

        Assert.Equal(3, asked.Value);
    }

    /// <summary>A program that starts while its server does: the one before it was connected there.</summary>
    [Fact]
    public async Task Connect_WithAKeptSessionToAServerWhoseProxyHasNone_IsTriedAgain()
    {
        var asked = new StrongBox<int>();
        await using var server = await StartBehindAProxyAsync(asked, refused: 2, StatusCodes.Status404NotFound);
        var store = new MemoryStore();
        await using (var first = new ConvonetClient(new ConvonetClientOptions { Address = server.Voice, Store = store }))
        {
            first.Send("Hi");
            await UntilAsync(first, static one => one is SessionEvent.AgentResponse);
        }

        await using var second = new ConvonetClient(new ConvonetClientOptions { Address = server.Voice, Store = store });
        await UntilAsync(second, static one => one is SessionEvent.AgentResponse);

        Assert.Equal(3, asked.Value);
    }

    [Fact]
    public async Task Send_MoreThanAFrameHolds_IsRefusedHere()
    {
        await using var client = new ConvonetClient(new Uri("ws://localhost:1/voice"));

        var error = Assert.Throws<ArgumentException>(() => client.Send(new string('x', 70_000)));

        Assert.Contains("the server reads 65536 at most", error.Message, StringComparison.Ordinal);
        Assert.Empty(client.Unaccepted);
    }

    /// <summary>The lines of the README, but for the server's address.</summary>
    [Fact]
    public async Task Readme_ItsLines_GetAnAnswer()
    {
        await using var server = await TestServer.StartAsync(demo: true);
        var address = server.Voice;

#pragma warning disable xUnit1051 // They name no token.
        // README
        await using var convonet = new ConvonetClient(address);
        convonet.ConnectionChanged += (_, now) => { if (now.Error is { } error) Console.Error.WriteLine(error.Message); };
        convonet.Send("What is on my calendar tomorrow?");
        await foreach (var told in convonet.EventsAsync())
            if (told is SessionEvent.TextChunk chunk) Console.Write(chunk.Text);
            else if (told is SessionEvent.Refused refused) Console.Error.WriteLine(refused.Message);
            else if (told is SessionEvent.AgentResponse end) { Console.WriteLine(end.Error?.Message); break; }
        // end
#pragma warning restore xUnit1051

        Assert.Empty(convonet.Unaccepted);
        var source = (await File.ReadAllTextAsync(Repository.PathOf("tests", "Convonet.Tests", "Client", "ClientEndToEndTests.cs"), TestContext.Current.CancellationToken)).Split("        // README\n")[1].Split("        // end\n")[0];
        var lines = source.Replace("        ", "", StringComparison.Ordinal).Replace("(address)", "(new Uri(\"ws://localhost:5080/voice\"))", StringComparison.Ordinal);
        Assert.Contains($"```csharp\n{lines}```", await File.ReadAllTextAsync(Repository.PathOf("README.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    /// <summary>A server one of whose requests, counted from 1, is answered by what stands in front of it.</summary>
    private static async Task<TestServer> StartBehindAProxyAsync(StrongBox<int> asked, int refused, int status)
    {
        var server = await TestServer.StartAsync(services: services => services.AddSingleton<IStartupFilter>(new Answering(context =>
        {
            context.Response.StatusCode = status;
            return Interlocked.Increment(ref asked.Value) == refused;
        })));
        server.Model.Says("Hello.");
        return server;
    }

    private static async Task<List<SessionEvent>> UntilAsync(ConvonetClient client, Func<SessionEvent, bool> match)
    {
        using var patience = ScriptedDoor.Wait();
        var told = new List<SessionEvent>();
        await foreach (var one in client.EventsAsync(patience.Token))
        {
            told.Add(one);
            if (match(one))
            {
                break;
            }
        }

        return told;
    }

    /// <summary>What stands in front of a server, and answers in its place where it says so.</summary>
    private sealed class Answering(Func<HttpContext, bool> answers) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, rest) => context.Request.Path == "/voice" && answers(context) ? Task.CompletedTask : rest());
            next(app);
        };
    }
}
