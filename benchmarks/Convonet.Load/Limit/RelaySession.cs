using System.Buffers;
using System.Net.ServerSentEvents;
using System.Net.WebSockets;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Convonet.Load.Limit;

/// <summary>One client of the bare relay: a question, an answer, and so on.</summary>
internal sealed class RelaySession(WebSocket socket, HttpClient http)
{
    private readonly ArrayBufferWriter<byte> _frame = new(512);
    private readonly byte[] _received = new byte[4096];
    private RelayProvider _provider = RelayProvider.All[0];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await SendAsync("connected", null, cancellationToken);
        while (true)
        {
            var read = await socket.ReceiveAsync(_received.AsMemory(), cancellationToken);
            if (read.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            var message = JsonElement.Parse(_received.AsSpan(0, read.Count));
            if (message.GetProperty("data"u8).TryGetProperty("provider"u8, out var provider))
            {
                _provider = RelayProvider.All.Single(one => provider.ValueEquals(one.Name));
                await SendAsync("status", null, cancellationToken);
            }
            else
            {
                await AnswerAsync(message.GetProperty("data"u8).GetProperty("text"u8).GetString()!, cancellationToken);
            }
        }
    }

    private async Task AnswerAsync(string question, CancellationToken cancellationToken)
    {
        var provider = _provider;
        using var request = provider.Ask(question);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(body, provider.ReadText).EnumerateAsync(cancellationToken))
        {
            if (item.Data is { Length: > 0 } text)
            {
                await SendAsync("agent_stream_chunk", text, cancellationToken);
            }
        }

        await SendAsync("agent_response", null, cancellationToken);
    }

    private ValueTask SendAsync(string name, string? text, CancellationToken cancellationToken)
    {
        _frame.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_frame, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true }))
        {
            json.WriteStartObject();
            json.WriteString("event"u8, name);
            json.WriteStartObject("data"u8);
            if (text is not null)
            {
                json.WriteString("text"u8, text);
                json.WriteString("type"u8, "text"u8);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return socket.SendAsync(_frame.WrittenMemory, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
    }
}
