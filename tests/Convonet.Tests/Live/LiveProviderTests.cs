using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Models.Claude;
using Convonet.Models.Gemini;
using Convonet.Models.Http;
using Convonet.Models.OpenAI;
using Convonet.Streams;
using Convonet.Tests.EndToEnd;
using Convonet.Tools;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Live;

/// <summary>
/// A short check of each real provider whose key is set: <c>CONVONET_LIVE=1 dotnet test --filter Live</c>, or
/// <c>-- --filter-class "*Live*"</c>. It costs a few hundred tokens.
/// </summary>
public sealed class LiveProviderTests
{
    [Theory]
    [InlineData("gemini")]
    [InlineData("claude")]
    [InlineData("openai")]
    public async Task Ask_RealProvider_StreamsText(string provider)
    {
        using var pool = new ProviderHttp();
        await using var conversation = Converse(ModelOrSkip(provider, pool));

        var end = await conversation.AskAsync("Count from one to thirty in words, separated by spaces.");

        Assert.Equal(("completed", null), (end.Outcome, end.Error));
        Assert.Contains("thirty", end.Text, StringComparison.OrdinalIgnoreCase);
        Assert.True(conversation.Of<SessionEvent.TextChunk>().Count() > 1, "The text came in one piece.");
        Assert.True(end.Usage?.OutputTokens > 0);
    }

    [Theory]
    [InlineData("gemini")]
    [InlineData("claude")]
    [InlineData("openai")]
    public async Task Ask_RealProvider_CallsAToolAndReadsItsResult(string provider)
    {
        using var pool = new ProviderHttp();
        await using var conversation = Converse(ModelOrSkip(provider, pool));

        var end = await conversation.AskAsync("What is the code word for the door 'north'? Use the tool, and repeat the code word.");

        Assert.Equal(("completed", null), (end.Outcome, end.Error));
        Assert.Equal("ok", conversation.Of<SessionEvent.ToolEnded>().First().Outcome);
        Assert.Contains("quartz-17", end.Text, StringComparison.OrdinalIgnoreCase);
    }

    private static IChatModel ModelOrSkip(string provider, ProviderHttp pool)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("CONVONET_LIVE") == "1", "Real providers are asked only with CONVONET_LIVE=1.");
        string[] names = provider switch
        {
            "gemini" => ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
            "claude" => ["ANTHROPIC_API_KEY"],
            _ => ["OPENAI_API_KEY"],
        };
        var key = names.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));
        Assert.SkipWhen(key is null, $"No key for {provider}: set {string.Join(" or ", names)}.");
        return provider switch
        {
            "gemini" => new GeminiChatModel(pool.Client, new GeminiOptions { ApiKey = key }, NullLogger<GeminiChatModel>.Instance),
            "claude" => new ClaudeChatModel(pool.Client, new ClaudeOptions { ApiKey = key }, NullLogger<ClaudeChatModel>.Instance),
            _ => OpenAIModelFactory.Create(pool.Client, new OpenAIOptions { ApiKey = key }, NullLoggerFactory.Instance),
        };
    }

    private static ConversationUnderTest Converse(IChatModel model)
    {
        var strays = new StrayTasks(NullLogger<StrayTasks>.Instance);
        var tool = ToolFactory.Create((string door) => $"The code word for {door} is quartz-17.", "get_code_word", "Tells the code word for a door.");
        var runner = new ToolRunner([tool], new ToolOptions(), TimeProvider.System, strays, NullLogger<ToolRunner>.Instance);
        var graph = new AgentGraph(runner, new AgentOptions(), TimeProvider.System, strays, NullLogger<AgentGraph>.Instance);
        var models = new ChatModels([new ProviderEntry(model, Configured: true, Emulated: false)], model.Provider, []);
        return new(new ConversationServices(graph, models, new ConversationOptions(), TimeProvider.System, NullLoggerFactory.Instance));
    }
}
