using Convonet.Models;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.EndToEnd;

/// <summary>A turn that is taken up twice.</summary>
public abstract partial class RestartTests
{
    /// <summary>Twice, in a step's tools and in what is said behind them: neither is said again.</summary>
    [Fact]
    public async Task Restart_InTheSentenceBehindToolsThatWereTakenUp_TheAnswerGoesOnBehindWhatWasShown()
    {
        var conversation = await NoteAndStopAsync();
        var gate = new TaskCompletionSource();
        await using (var second = await StartAsync(model => model.Step().Wait(gate.Task).Apart("It is ").Text("noted").Hang()))
        {
            using var client = await VoiceClient.ConnectAsync(second);
            await ResumeAsync(client, conversation);
            gate.SetResult();
            await client.UntilAsync(one => one["text"] == "noted");
            await second.StopAsync();
        }

        var last = new TaskCompletionSource();
        await using var third = await StartAsync(model => model.Step().Wait(last.Task).Text("."));
        using var again = await VoiceClient.ConnectAsync(third);
        await ResumeAsync(again, conversation);
        last.SetResult();
        var end = (await again.UntilAsync("agent_response"))[^1];

        Assert.Equal(("completed", "I note it. \n\nIt is noted."), (end["outcome"], end["text"]));
    }

    /// <summary>The model is told all that was said of the step, not only what was said since the last restart.</summary>
    [Fact]
    public async Task Restart_TwiceInTheSentenceBehindTools_TheModelIsToldTheWholeOfWhatWasShown()
    {
        string conversation;
        await using (var first = await StartAsync())
        {
            first.Model.Step().Text("I note it. ").Call("note", """{"title":"milk"}""");
            first.Model.Step().Apart("It ").Text("is ").Hang();
            using var client = await VoiceClient.ConnectAsync(first);
            await client.AskAsync("Milk", "m1");
            conversation = (await client.UntilAsync(one => one["text"] == "is "))[0]["conversation"]!;
            await first.StopAsync();
        }

        var gate = new TaskCompletionSource();
        await using (var second = await StartAsync(model => model.Step().Wait(gate.Task).Text("noted ").Hang()))
        {
            using var client = await VoiceClient.ConnectAsync(second);
            await ResumeAsync(client, conversation);
            gate.SetResult();
            await client.UntilAsync(one => one["text"] == "noted ");
            await second.StopAsync();
        }

        var last = new TaskCompletionSource();
        await using var third = await StartAsync(model => model.Step().Wait(last.Task).Text("now."));
        using var again = await VoiceClient.ConnectAsync(third);
        await ResumeAsync(again, conversation);
        last.SetResult();
        var end = (await again.UntilAsync("agent_response"))[^1];

        Assert.Equal(("completed", "I note it. \n\nIt is noted now."), (end["outcome"], end["text"]));
        var told = (HistoryItem.AssistantMessage)third.Model.Requests.Single().History[^2];
        Assert.Equal("It is noted ", string.Concat(told.Parts.OfType<AssistantPart.Text>().Select(part => part.Value)));
    }
}
