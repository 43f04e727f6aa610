using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Answers;
using Convonet.Tests.Fakes;
using Convonet.Tools;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Answers;

/// <summary>When a model is asked the common questions: not only at the start, and not more often than it helps.</summary>
public sealed class CommonQuestionsTests
{
    private const string First = "What can you do?";
    private const string Second = "Who are you?";

    private static readonly TimeSpan Round = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    /// <summary>MCP servers connect after the start, and a turn's key has their tools in it.</summary>
    [Fact]
    public async Task Tools_ThatComeLater_HaveAnAnswerToo()
    {
        await using var server = await StartAsync(model => model.Says("I keep lists."), First);
        await ReadyAsync(server, "1 of 1");
        server.Model.Says("I keep lists, and I look.");
        server.Services.GetRequiredService<ToolCatalog>().Replace("mcp:eyes", [ToolFactory.Create(() => "seen", "look", "Looks.")]);

        _time.Advance(Round);

        await KeptAsync(server, First, "I keep lists, and I look.");
        Assert.Contains(server.Model.Requests[^1].Tools, static tool => tool.Name == "look");
    }

    [Fact]
    public async Task Provider_DownAtTheStart_IsAskedOnceAndAllOfItOnceItIsBack()
    {
        await using var server = await StartAsync(model => model.Step().Fail(ModelErrorKind.Unreachable), First, Second);
        await ReadyAsync(server, "0 of 2");
        Assert.Single(server.Model.Requests);
        server.Model.Says("I keep lists.").Says("A helper.");

        _time.Advance(Round);

        await ReadyAsync(server, "2 of 2");
    }

    /// <summary>One that always fails does not keep the others from being asked.</summary>
    [Fact]
    public async Task Question_ThatFailsAgain_IsLetBe()
    {
        await using var server = await StartAsync(model => model.Step().Fail(ModelErrorKind.Unfinished), First, Second);
        await ReadyAsync(server, "0 of 2");
        for (var round = 0; round < 2; round++)
        {
            var failing = server.Model.Step().Fail(ModelErrorKind.Unfinished);
            _time.Advance(Round);
            await failing.Begun.WaitAsync(TestServer.Patience, TestContext.Current.CancellationToken);
        }

        server.Model.Says("A helper.");
        _time.Advance(Round);

        await ReadyAsync(server, "1 of 2");
        Assert.Equal([First, First, First, Second], server.Model.Requests.Select(Asked));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Question_WithoutAnAnswerToKeep_IsNotAskedEachRound(bool wantsTool)
    {
        await using var server = await StartAsync(
            model =>
            {
                _ = wantsTool ? model.Step().Call("get_todos") : model.Step().Fail(ModelErrorKind.InvalidRequest);
                model.Step().Fail(ModelErrorKind.Unreachable);
            },
            First,
            Second);
        await ReadyAsync(server, "0 of 2");
        server.Model.Says("A helper.");

        _time.Advance(Round);

        await ReadyAsync(server, "1 of 2");
        Assert.Equal([First, Second, Second], server.Model.Requests.Select(Asked));
    }

    [Fact]
    public async Task Answer_SoonForgotten_IsMadeAnewAlsoWhereThatFailsAtFirst()
    {
        await using var server = await StartAsync(model => model.Says("As before."), First);
        await ReadyAsync(server, "1 of 1");
        server.Model.Step().Fail(ModelErrorKind.Unreachable);
        server.Model.Says("Made anew.");

        _time.Advance(TimeSpan.FromMinutes(49));
        await ReadyAsync(server, "0 of 1");
        _time.Advance(Round);

        await KeptAsync(server, First, "Made anew.");
    }

    private static string Asked(ModelRequest request) => ((HistoryItem.UserMessage)request.History[0]).Text;

    private static Task ReadyAsync(TestServer server, string ready) => server.Log.WaitForAsync($"Answers to {ready} common questions are ready.");

    private static async Task KeptAsync(TestServer server, string question, string answer)
    {
        var services = server.Services;
        var (model, instructions) = (services.GetRequiredService<ChatModels>().Default.Model, services.GetRequiredService<IOptions<ConversationOptions>>().Value.SystemPrompt.TrimEnd());
        var key = AnswerKey.Shared(model, instructions, services.GetRequiredService<ToolRunner>().Tools, question);
        using var patience = new CancellationTokenSource(TestServer.Patience);
        while (await services.GetRequiredService<AnswerCache>().FindAsync(key, patience.Token) != answer)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private Task<TestServer> StartAsync(Action<ScriptedModel> script, params string[] questions) => TestServer.StartAsync(
        ["--Convonet:Cache:Lifetime", "01:00:00", .. questions.SelectMany(static (question, number) => new[] { $"--Convonet:Cache:Questions:{number}", question })], time: _time, script: script);
}
