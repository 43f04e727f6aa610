using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Convonet.Models;
using Convonet.Models.ChatClient;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.AI;

namespace Convonet.Tests.Models.ChatClient;

public sealed class ChatClientModelTests
{
    [Fact]
    public async Task StreamAsync_TextAndCalls_YieldsThemAsTheyCome()
    {
        var model = Model(
            Contents(new TextContent("Let me ")),
            Contents(new TextContent(""), new TextContent("look.")),
            Contents(new FunctionCallContent("x", "get_weather", new Dictionary<string, object?> { ["city"] = "Bern" })),
            Contents(new FunctionCallContent("x", "get_time")),
            Contents(new UsageContent(new UsageDetails { InputTokenCount = 20, OutputTokenCount = 1 })),
            Contents(new UsageContent(new UsageDetails { OutputTokenCount = 6, CachedInputTokenCount = 5 })),
            new ChatResponseUpdate { FinishReason = ChatFinishReason.ToolCalls });

        var updates = await model.AskAsync(ModelCalls.WithTools);

        Assert.Equal(
            ["text:Let me ", "text:look.", "start:0:get_weather", "args:0", "ready:0", "start:1:get_time", "args:1", "ready:1", "end:ToolCalls"],
            updates.Script());
        Assert.Equal([new("call_1_0_0", "get_weather", """{"city":"Bern"}"""), new("call_1_0_1", "get_time", "{}")], updates.ReadyCalls());
        Assert.Equal(new ModelUpdate.Usage(20, 7, 5), updates.OfType<ModelUpdate.Usage>().Last());
        Assert.Equal(new ModelUpdate.Completed(FinishReason.ToolCalls, "tool_calls"), updates[^1]);
    }

    [Fact]
    public async Task StreamAsync_CallThatTheClientCouldNotRead_HasArgumentsThatNobodyCanRead()
    {
        var model = Model(Contents(new FunctionCallContent("x", "get_weather") { Exception = new JsonException("broken") }));

        var updates = await model.AskAsync(ModelCalls.WithTools);

        var arguments = Assert.Single(updates.ReadyCalls()).Arguments;
        Assert.ThrowsAny<JsonException>(() => JsonElement.Parse(arguments));
    }

    [Theory]
    [InlineData("stop", FinishReason.Stop)]
    [InlineData("length", FinishReason.MaxTokens)]
    [InlineData("content_filter", FinishReason.Blocked)]
    [InlineData(null, FinishReason.Stop)]
    public async Task StreamAsync_FinishReason_IsMapped(string? reason, FinishReason expected)
    {
        var model = Model(Contents(new TextContent("Hm")), new ChatResponseUpdate { FinishReason = reason is null ? null : new ChatFinishReason(reason) });

        var updates = await model.AskAsync(ModelCalls.Hello);

        Assert.Equal(new ModelUpdate.Completed(expected, reason), updates[^1]);
    }

    [Fact]
    public async Task StreamAsync_Refusal_IsTextThenBlocked()
    {
        var updates = await Model(Contents(new ErrorContent("No.") { ErrorCode = "Refusal" })).AskAsync(ModelCalls.Hello);

        Assert.Equal(["text:No.", "end:Blocked"], updates.Script());
    }

    [Fact]
    public async Task StreamAsync_NothingAtAll_IsUnfinished()
    {
        var (failure, _) = await Model().AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(ModelErrorKind.Unfinished, failure.Kind);
    }

    [Fact]
    public async Task StreamAsync_ProtectedReasoning_GoesBackAsItCame()
    {
        var model = Model(
            Contents(new TextReasoningContent("Let me ")),
            Contents(new TextReasoningContent("see.")),
            Contents(new TextReasoningContent(null) { ProtectedData = "sig==" }),
            Contents(new TextContent("Yes.")));

        var updates = await model.AskAsync(ModelCalls.Hello);

        Assert.Equal("Yes.", updates.Text());
        var data = updates.OfType<ModelUpdate.TextDelta>().First().ProviderData;
        var client = new FuncChatClient(_ => Updates(Contents(new TextContent("Hm"))));
        IReadOnlyList<HistoryItem> history = [new HistoryItem.UserMessage("Hi"), new HistoryItem.AssistantMessage([new AssistantPart.Text("", data), new AssistantPart.Text("Yes.")])];
        await new ChatClientModel("mine", "m", client).AskAsync(ModelCalls.Hello with { History = history });
        var reasoning = Assert.IsType<TextReasoningContent>(client.Messages[1].Contents[0]);
        Assert.Equal(("Let me see.", "sig=="), (reasoning.Text, reasoning.ProtectedData));
        Assert.Equal("Yes.", Assert.IsType<TextContent>(client.Messages[1].Contents[1]).Text);
    }

    [Fact]
    public async Task StreamAsync_MixedHistoryAndTools_AsksTheClientForExactlyThis()
    {
        var client = new FuncChatClient(_ => Updates(Contents(new TextContent("Hm"))));
        var runnable = AIFunctionFactory.Create(() => "never run", "get_date");
        var request = new ModelRequest("call_2_0", "Be brief.", ModelCalls.MixedHistory, [ModelCalls.Weather, runnable], Convonet.Models.ToolChoice.None);

        await new ChatClientModel("mine", "m", client).AskAsync(request);

        Assert.Equal(["system", "user", "assistant", "tool", "assistant", "user"], client.Messages.Select(message => message.Role.Value));
        Assert.Collection(
            client.Messages[2].Contents,
            content => Assert.Equal("One moment. ", Assert.IsType<TextContent>(content).Text),
            content => Assert.Equal(("call_1_0_0", "Zürich"), (((FunctionCallContent)content).CallId, ((FunctionCallContent)content).Arguments!["city"]!.ToString())),
            content => Assert.Empty(((FunctionCallContent)content).Arguments!));
        Assert.Equal(
            [("call_1_0_0", "sunny", false), ("call_1_0_1", "Error: The arguments are not valid JSON.", true)],
            client.Messages[3].Contents.Cast<FunctionResultContent>().Select(result => (result.CallId, (string)result.Result!, result.Exception is not null)));
        Assert.Equal("m", client.Options!.ModelId);
        Assert.Equal(ChatToolMode.None, client.Options.ToolMode);
        Assert.Equal(["get_weather", "get_date"], client.Options.Tools!.Select(tool => tool.Name));
        Assert.All(client.Options.Tools!, tool => Assert.IsNotType<AIFunction>(tool, exactMatch: false));
    }

    [Fact]
    public async Task StreamAsync_Moment_StandsBeforeTheNewestWordsAndNotInTheInstructions()
    {
        var client = new FuncChatClient(_ => Updates(Contents(new TextContent("Hm"))));
        var request = new ModelRequest("call_2_0", "Be brief.", ModelCalls.MixedHistory, [ModelCalls.Weather]) { Moment = "Now: noon." };

        await new ChatClientModel("mine", "m", client).AskAsync(request);

        Assert.Equal("Be brief.", client.Messages[0].Text);
        Assert.Equal("Now: noon.\n\nThanks", client.Messages[^1].Text);
        Assert.Single(client.Messages, message => message.Text.Contains("Now:", StringComparison.Ordinal));
    }

    public static TheoryData<Exception, ModelErrorKind> Failures => new()
    {
        { new HttpRequestException("secret words", null, HttpStatusCode.TooManyRequests), ModelErrorKind.RateLimited },
        { new HttpRequestException("secret words"), ModelErrorKind.Unreachable },
        { new JsonException("secret words"), ModelErrorKind.Protocol },
        { new NotSupportedException("secret words"), ModelErrorKind.ServerError },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task StreamAsync_ClientThrows_IsTranslated(Exception error, ModelErrorKind expected)
    {
        var model = new ChatClientModel("mine", "m", new FuncChatClient(_ => Failing(error)));

        var (failure, _) = await model.AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(expected, failure.Kind);
        Assert.DoesNotContain("secret words", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StreamAsync_ErrorContent_IsServerError()
    {
        var (failure, before) = await Model(Contents(new TextContent("Hm")), Contents(new ErrorContent("secret words") { ErrorCode = "x1" })).AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(ModelErrorKind.ServerError, failure.Kind);
        Assert.Equal("Hm", before.Text());
        Assert.DoesNotContain("secret words", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StreamAsync_ThoughtsBeyondTheBound_IsProtocol()
    {
        var (failure, _) = await Model([.. Enumerable.Repeat(Contents(new TextReasoningContent(new string('x', 300_000))), 4), Contents(new TextContent("Yes."))]).AskAndFailAsync(ModelCalls.Hello);

        Assert.Equal(ModelErrorKind.Protocol, failure.Kind);
    }

    [Fact(Timeout = 30_000)]
    public async Task StreamAsync_Cancelled_CancelsTheClient()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var model = new ChatClientModel("mine", "m", new FuncChatClient(token => Stalling(closed, token)));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in model.StreamAsync(ModelCalls.Hello, cancel.Token))
            {
                await cancel.CancelAsync();
            }
        });

        await closed.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    private static ChatClientModel Model(params ChatResponseUpdate[] updates) => new("mine", "m", new FuncChatClient(_ => Updates(updates)));

    private static ChatResponseUpdate Contents(params AIContent[] contents) => new(ChatRole.Assistant, [.. contents]);

    private static IAsyncEnumerable<ChatResponseUpdate> Updates(params ChatResponseUpdate[] updates) => updates.ToAsyncEnumerable();

    private static async IAsyncEnumerable<ChatResponseUpdate> Failing(Exception error)
    {
        await Task.CompletedTask;
        yield return error is null ? new ChatResponseUpdate() : throw error;
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Stalling(TaskCompletionSource closed, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            yield return Contents(new TextContent("Hm"));
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        finally
        {
            closed.SetResult();
        }
    }
}
