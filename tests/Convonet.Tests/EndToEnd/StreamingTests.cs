using Convonet.Conversations;
using Convonet.Emulator;
using static Convonet.Emulator.Scripts.Script;

namespace Convonet.Tests.EndToEnd;

public class StreamingTests
{
    private const string Long = "Grüße aus Zürich 👋🏽 – \"zitiert\", \\ und\nneue Zeile\t𝄞 漢字 {\"json\": [1, 2]} data: event: </script> ende.";

    public static TheoryData<EmulatedApi, int> ApisAndSplits => new MatrixTheoryData<EmulatedApi, int>(EmulatedProviders.Apis, [0, 3]);

    [Theory]
    [MemberData(nameof(ApisAndSplits))]
    public async Task Text_ModelStillTalks_FirstEventIsOut(EmulatedApi api, int splitBytes)
    {
        await using var providers = await EmulatedProviders.StartAsync(new EmulatorOptions { SplitBytes = splitBytes });
        providers.Emulator.Enqueue(Of(Piece("Grüß "), Piece("Gott 👋"), Gate("middle"), Piece(", Welt")));
        var conversation = providers.Converse(api);

        await conversation.SayAsync();
        await conversation.UntilAsync<SessionEvent.TextChunk>(chunk => chunk.Text.EndsWith("Gott 👋", StringComparison.Ordinal));
        var request = await providers.Emulator.RequestAsync(0, TestContext.Current.CancellationToken);
        Assert.False(request.LastChunkSent.IsCompleted);
        providers.Emulator.Gate("middle").Open();
        var end = await conversation.UntilAsync<SessionEvent.AgentResponse>();

        Assert.Equal("Grüß Gott 👋, Welt", string.Concat(conversation.Of<SessionEvent.TextChunk>().Select(chunk => chunk.Text)));
        Assert.Equal("Grüß Gott 👋, Welt", end.Text);
        Assert.Equal(("completed", true, null), (end.Outcome, end.Success, end.Error));
        await providers.AssertQuietAsync();
    }

    [Theory]
    [MemberData(nameof(EmulatedProviders.All), MemberType = typeof(EmulatedProviders))]
    public async Task Text_CutInsideCharactersAndJson_ArrivesWhole(EmulatedApi api)
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            await using var providers = await EmulatedProviders.StartAsync(new EmulatorOptions { SplitBytes = 2 * seed, SplitSeed = seed });
            providers.Emulator.Enqueue(Of(Say(Long), Call("echo", new { text = Long })));
            providers.Emulator.Enqueue(Of(Piece(" Fertig.")));
            providers.Tools.Add(Echo.Tool);
            var conversation = providers.Converse(api);

            var end = await conversation.AskAsync();

            Assert.Equal(Long + "\n\nFertig.", end.Text);
            Assert.Equal(Long, Assert.Single(conversation.Of<SessionEvent.ToolEnded>()).Result.GetString());
            Assert.Equal(end.Text, string.Concat(conversation.Of<SessionEvent.TextChunk>().Select(chunk => chunk.Text)));
            await providers.AssertQuietAsync();
        }
    }
}
