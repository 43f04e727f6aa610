using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Convonet.Models;

namespace Convonet.BrowserTests;

/// <summary>What the page tells of its providers: what their answers took and cost, and who does not answer just now.</summary>
public sealed class ProviderTests(PageFixture fixture) : IClassFixture<PageFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_OfAModelWithAPrice_SaysItsTokensAndItsCostThereAndInTheProfile()
    {
        var models = new ChatModels([new(new Model("claude"), true, false)], "claude", []);
        await using var server = await PageServer.StartAsync(
            models, Token, "--Convonet:Prices:Models:claude-1:Input", "1", "--Convonet:Prices:Models:claude-1:CachedInput", "0.1", "--Convonet:Prices:Models:claude-1:Output", "5");
        await using var visitor = await fixture.VisitAsync(name: "Anna", server: server);

        await visitor.AskAsync(PageServer.SmallTalk);
        await visitor.NewestAnswer("completed").WaitForAsync();

        var usage = visitor.Answers.Last.Locator(".colophon .usage");
        await Assertions.Expect(usage).ToHaveTextAsync("1,560 tokens · $0.00083");
        await Assertions.Expect(usage).ToHaveAttributeAsync("title", "1,512 tokens read, 1,024 of them from the provider’s cache; 48 written; $0.00083 by the server’s price table.");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Account of" }).ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Profile" }).ClickAsync();
        await Assertions.Expect(visitor.Page.Locator(".usage-list > li")).ToHaveTextAsync([new Regex(@"^Last 30 days\s*1,560 tokens · \$0\.00083$"), new Regex(@"^claude-1, answers\s*1,560 tokens · \$0\.00083$")]);
        await visitor.AssertNothingWentWrongAsync();
    }

    [Fact]
    public async Task Provider_ThatFailed_IsSaidNotToAnswerWhereOneIsChosen()
    {
        var models = new ChatModels([new(new Model("gemini", fails: true), true, false), new(new Model("claude"), true, false)], "gemini", ["claude"]);
        await using var server = await PageServer.StartAsync(models, Token, "--Convonet:Breaker:Break", "00:05:00");
        await using var visitor = await fixture.VisitAsync(server: server);

        await visitor.AskAsync(PageServer.SmallTalk);
        await visitor.NewestAnswer("completed").WaitForAsync();
        await visitor.Provider.ClickAsync();

        var failed = visitor.Page.GetByRole(AriaRole.Menuitemradio, new() { Name = "Gemini" }).Locator(".provider-health.down");
        await Assertions.Expect(failed).ToHaveTextAsync(new Regex(@"^Not answering since \d\d:\d\d; others answer until \d\d:\d\d$"));
        await Assertions.Expect(visitor.Page.Locator(".provider-health")).ToHaveCountAsync(1);
        await visitor.AssertNothingWentWrongAsync();
    }

    /// <summary>A model that says one sentence and what it used, or cannot be reached.</summary>
    private sealed class Model(string provider, bool fails = false) : IChatModel
    {
        public string Provider => provider;

        string IChatModel.Model => $"{provider}-1";

        public async IAsyncEnumerable<ModelUpdate> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            if (fails)
            {
                throw new ModelException(ModelErrorKind.Unreachable, "It cannot be reached.");
            }

            yield return new ModelUpdate.TextDelta("Good to see you.");
            yield return new ModelUpdate.Usage(1_512, 48, 1_024);
            yield return new ModelUpdate.Completed(FinishReason.Stop);
        }
    }
}
