using Convonet.Emulator;
using Convonet.Tests.Fakes;
using Convonet.Tests.Security;
using static Convonet.Emulator.Scripts.Script;

namespace Convonet.Tests.Chaos;

/// <summary>The server as a process that gets signals, and whose words nobody reads.</summary>
[Collection(nameof(TestServer))]
public sealed class ServerSignalTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("convonet-signal-").FullName;
    private RunningEmulator _emulator = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _emulator = await EmulatorHost.StartAsync(new EmulatorOptions { FirstDelay = TimeSpan.Zero, Gap = TimeSpan.Zero }, Token);

    public async ValueTask DisposeAsync()
    {
        await _emulator.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Whoever is impatient sends it twice; an answer that runs is not worth less for that. <c>SIGKILL</c> ends it at once, and loses nothing either.</summary>
    [Fact]
    public async Task Terminate_Twice_TheAnswerThatRunsEndsWell()
    {
        _emulator.Enqueue(Of(Say("Half"), Gate("on"), Say(" done.")));
        await using var server = await StartAsync();
        using var client = await VoiceClient.ConnectAsync(null!, address: server.Voice);
        await client.AskAsync("Talk");
        await client.UntilAsync("agent_stream_chunk");

        await server.SignalAsync("TERM");
        await server.SaysAsync("Application is shutting down");
        await server.SignalAsync("TERM");
        await client.AskAsync("More", "m2");
        await client.UntilAsync("error");
        _emulator.Gate("on").Open();
        var (_, events) = await client.UntilClosedAsync();
        await server.EndsAsync();

        Assert.Equal("Half done.", events.Single(one => one.Name == "agent_response")["text"]);
        Assert.Equal("going_away", events[^1].Name);
        Assert.Equal(0, server.ExitCode);
    }

    [Fact]
    public async Task Words_ThatNobodyReads_HoldUpNoTurn()
    {
        _emulator.Enqueue(Of(Say("All is well.")));
        await using var server = await StartAsync("--Logging:LogLevel:Default", "Trace", "--Logging:LogLevel:Microsoft.AspNetCore", "Trace");
        using var client = await VoiceClient.ConnectAsync(null!, address: server.Voice);
        using var http = new HttpClient { BaseAddress = server.Address, Timeout = TestServer.Patience };

        // More than the pipe and the line in front of it hold.
        server.StopReading();
        for (var number = 0; number < 800; number++)
        {
            await http.GetStringAsync("healthz", Token);
        }

        await client.AskAsync("Hello");

        Assert.Equal("All is well.", (await client.UntilAsync("agent_response"))[^1]["text"]);
    }

    private Task<CanaryProcess> StartAsync(params string[] arguments) => CanaryProcess.StartAsync(
        new Dictionary<string, string>
        {
            ["GEMINI_API_KEY"] = "none",
            ["LLM_PROVIDER"] = "gemini",
            ["Convonet__Database"] = $"Data Source={Path.Combine(_folder, "signal.db")}",
        },
        [
            "--urls", "http://127.0.0.1:0", "--contentRoot", Repository.PathOf("src", "Convonet.Server"), "--Convonet:Gemini:BaseAddress", _emulator.BaseAddress.ToString(),
            "--Convonet:SpeechToText", "none", "--Convonet:TextToSpeech", "none", .. arguments,
        ]);
}
