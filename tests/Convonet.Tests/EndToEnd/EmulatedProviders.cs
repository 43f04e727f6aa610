using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Emulator;
using Convonet.Models;
using Convonet.Models.Claude;
using Convonet.Models.Gemini;
using Convonet.Models.Http;
using Convonet.Models.OpenAI;
using Convonet.Streams;
using Convonet.Tools;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.EndToEnd;

/// <summary>The real adapters over real sockets to an emulator, and all that a conversation needs beside them. Time is a fake clock's.</summary>
internal sealed class EmulatedProviders : IAsyncDisposable
{
    private readonly Dictionary<EmulatedApi, WatchedModel> _models = [];
    private readonly List<ProviderHttp> _pools = [];
    private readonly List<ConversationUnderTest> _conversations = [];

    private EmulatedProviders(RunningEmulator emulator) => Emulator = emulator;

    /// <summary>Every provider's API, for theories.</summary>
    public static TheoryData<EmulatedApi> All => [.. Apis];

    public static EmulatedApi[] Apis { get; } = [EmulatedApi.Gemini, EmulatedApi.Anthropic, EmulatedApi.OpenAIChat, EmulatedApi.OpenAIResponses];

    public RunningEmulator Emulator { get; }

    public ObservedTime Time { get; } = new();

    public AgentOptions Options { get; } = new();

    public ToolOptions ToolOptions { get; } = new();

    public List<AIFunction> Tools { get; } = [];

    public StrayTasks Strays { get; } = new(NullLogger<StrayTasks>.Instance);

    public AgentGraph Graph => new(
        new ToolRunner(Tools, ToolOptions, Time, Strays, NullLogger<ToolRunner>.Instance), Options, Time, Strays, NullLogger<AgentGraph>.Instance);

    /// <summary>Starts an emulator without delays.</summary>
    public static async Task<EmulatedProviders> StartAsync(EmulatorOptions? options = null) => new(await EmulatorHost.StartAsync(
        (options ?? new EmulatorOptions()) with { FirstDelay = TimeSpan.Zero, Gap = TimeSpan.Zero }, TestContext.Current.CancellationToken));

    public static string NameOf(EmulatedApi api) => api switch
    {
        EmulatedApi.Gemini => "gemini",
        EmulatedApi.Anthropic => "claude",
        EmulatedApi.OpenAIChat => "openai",
        _ => "openai-responses",
    };

    /// <summary>The real adapter of this API.</summary>
    public WatchedModel ModelOf(EmulatedApi api)
    {
        if (!_models.TryGetValue(api, out var model))
        {
            var http = new ProviderHttp(Time);
            _pools.Add(http);
            model = new WatchedModel(NameOf(api), Create(api, http.Client, Emulator.BaseAddress));
            _models.Add(api, model);
        }

        return model;
    }

    /// <summary>The adapter of this API for a server at an address.</summary>
    public static IChatModel Create(EmulatedApi api, HttpClient http, Uri address) => api switch
    {
        EmulatedApi.Gemini => new GeminiChatModel(
            http, new GeminiOptions { ApiKey = "key", BaseAddress = address }, NullLogger<GeminiChatModel>.Instance),
        EmulatedApi.Anthropic => new ClaudeChatModel(
            http, new ClaudeOptions { ApiKey = "key", BaseAddress = address }, NullLogger<ClaudeChatModel>.Instance),
        _ => OpenAIModelFactory.Create(
            http,
            new OpenAIOptions
            {
                ApiKey = "key",
                BaseAddress = new Uri(address, "v1"),
                Api = api == EmulatedApi.OpenAIChat ? OpenAIApi.Chat : OpenAIApi.Responses,
            },
            NullLoggerFactory.Instance),
    };

    /// <summary>Begins a conversation with the first of these providers; the others are those to fall back to.</summary>
    public ConversationUnderTest Converse(EmulatedApi api, params EmulatedApi[] fallback)
    {
        var entries = Apis.Select(each => new ProviderEntry(ModelOf(each), Configured: true, Emulated: false)).ToArray();
        var models = new ChatModels(entries, NameOf(api), [.. fallback.Select(NameOf)]);
        var conversation = new ConversationUnderTest(new ConversationServices(Graph, models, new ConversationOptions(), Time, NullLoggerFactory.Instance));
        _conversations.Add(conversation);
        return conversation;
    }

    /// <summary>How many requests this API got.</summary>
    public int RequestsTo(EmulatedApi api) => Emulator.Requests.Count(request => request.Api == api);

    /// <summary>Ends the conversations and asserts that they leave nothing behind: no task, no timer, no stream, no request.</summary>
    public async Task AssertQuietAsync()
    {
        foreach (var conversation in _conversations)
        {
            await conversation.DisposeAsync();
        }

        await Strays.DrainAsync(TestContext.Current.CancellationToken).InTime();
        await Time.NoTimersAsync();
        Assert.All(_models.Values, model => Assert.Equal(0, model.Open));
        foreach (var request in Emulator.Requests)
        {
            await request.Ended.InTime();
        }

        Assert.Equal(0, Emulator.LiveRequests);
        Assert.Equal(0, Emulator.WaitingScripts);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var conversation in _conversations)
        {
            await conversation.DisposeAsync();
        }

        _pools.ForEach(pool => pool.Dispose());
        await Emulator.DisposeAsync();
    }
}
