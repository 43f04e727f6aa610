using System.Text.Json;
using Convonet.Tests.Accounts;
using Convonet.Tests.Fakes;
using Convonet.Tests.Speech;
using Convonet.Tests.Speech.Recognition.Clips;
using SocketIOClient;
using SocketIOClient.Transport;

namespace Convonet.Tests.Transport.SocketIo;

/// <summary>The client of .NET that people have, package <c>SocketIOClient</c>.</summary>
public sealed class SocketIoClientPackageTests
{
    private readonly SpeechFixture _speech = new() { Fallback = null };

    [Fact]
    public async Task Page_SignsInRecordsAndGetsAnAnswerWithSound()
    {
        await using var server = await TestServer.StartAsync(TestServer.Beyond, voice: SocketIoVoice.Of(_speech.Engines));
        server.Model.Says("It rains.");
        using var anna = await server.RegisterWithPinAsync("anna@example.com", "204731");
        using var client = Client(server, null);
        var (authenticated, welcome, started, heard, answer) = (Next(client, "authenticated"), Next(client, "welcome_greeting"), Next(client, "recording_started"), Next(client, "transcription"), Next(client, "agent_response"));
        await ConnectAsync(client);

        await client.EmitAsync("authenticate", new { pin = "204731" });
        Assert.Equal("Anna Muster", (await authenticated).GetProperty("user_name").GetString());
        Assert.StartsWith("Welcome back, Anna Muster!", (await welcome).GetProperty("text").GetString());
        await client.EmitAsync("start_recording");
        await started;
        await client.EmitAsync("stop_recording", new { audio = Convert.ToBase64String(EchoEar.Wav(60)) });

        Assert.True((await heard).GetProperty("success").GetBoolean());
        Assert.Equal("It rains.", (await answer).GetProperty("text").GetString());
        Assert.StartsWith("UklGR", (await answer).GetProperty("audio").GetString());
    }

    [Fact]
    public async Task Binary_AndAcknowledgements_GoBothWays()
    {
        await using var server = await TestServer.StartAsync(TestServer.Beyond, voice: SocketIoVoice.Of(_speech.Engines));
        server.Model.Says("It rains.");
        using var anna = await server.RegisterAsync("anna@example.com");
        using var client = Client(server, new { token = anna.Token });
        var frame = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.On("agent_audio_chunk", response => frame.TrySetResult(response.GetValue<AudioChunk>().Audio));
        await ConnectAsync(client);

        var speech = await AckAsync(client, "set_speech", new { speech = "frames" });
        var wrong = await AckAsync(client, "user_message", new { text = "" });
        var taken = await AckAsync(client, "stop_recording", new { audio = EchoEar.Wav(1) });
        var sound = await frame.Task.WaitAsync(TestServer.Patience, TestContext.Current.CancellationToken);

        Assert.True(speech.GetProperty("success").GetBoolean());
        Assert.Equal("missing_field", wrong.GetProperty("code").GetString());
        Assert.True(taken.GetProperty("success").GetBoolean());
        Assert.Equal(1, sound[0]);
    }

    private static SocketIO Client(TestServer server, object? auth) =>
        new(new Uri(server.Address, "/voice"), new SocketIOOptions { Transport = TransportProtocol.WebSocket, Reconnection = false, Auth = auth });

    /// <summary>The package's own method may return before the namespace is connected to, and forgets then who waits for what.</summary>
    private static async Task ConnectAsync(SocketIO client)
    {
        var hello = Next(client, "connected");
        await client.ConnectAsync();
        await hello;
    }

    private static Task<JsonElement> Next(SocketIO client, string name)
    {
        var next = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.On(name, response => next.TrySetResult(response.GetValue<JsonElement>()));
        return next.Task.WaitAsync(TestServer.Patience, TestContext.Current.CancellationToken);
    }

    private static async Task<JsonElement> AckAsync(SocketIO client, string name, object data)
    {
        var ack = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        await client.EmitAsync(name, response => ack.TrySetResult(response.GetValue<JsonElement>()), data);
        return await ack.Task.WaitAsync(TestServer.Patience, TestContext.Current.CancellationToken);
    }

    private sealed record AudioChunk([property: System.Text.Json.Serialization.JsonPropertyName("audio")] byte[] Audio);
}
