using System.Net.Sockets;
using System.Text;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Transport;

/// <summary>A client of the server's WebSocket that sends any bytes, and answers nothing by itself: neither a ping nor a close.</summary>
internal sealed class RawVoice : IDisposable
{
    private readonly TcpClient _client = new();
    private readonly StringBuilder _heard = new();

    /// <summary>Opens the WebSocket.</summary>
    /// <param name="server">The server.</param>
    /// <param name="headers">Further header lines, each with its end.</param>
    public static async Task<RawVoice> ConnectAsync(TestServer server, string headers = "")
    {
        var raw = new RawVoice();
        await raw._client.ConnectAsync(server.Address.Host, server.Address.Port, TestContext.Current.CancellationToken);
        await raw.SendAsync(Encoding.ASCII.GetBytes(
            $"GET /voice HTTP/1.1\r\nHost: {server.Address.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n{headers}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        return raw;
    }

    /// <summary>Sends a text frame, masked with zeros.</summary>
    public Task SendTextAsync(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        byte[] length = bytes.Length < 126 ? [(byte)(0x80 | bytes.Length)] : [0xFE, (byte)(bytes.Length >> 8), (byte)bytes.Length];
        return SendAsync([0x81, .. length, 0, 0, 0, 0, .. bytes]);
    }

    /// <summary>Sends bytes as they are.</summary>
    public Task SendAsync(byte[] bytes) => _client.GetStream().WriteAsync(bytes, TestContext.Current.CancellationToken).AsTask();

    /// <summary>Reads until this text has come.</summary>
    /// <returns>All that was read.</returns>
    public async Task<string> UntilAsync(string text)
    {
        while (!_heard.ToString().Contains(text, StringComparison.Ordinal))
        {
            Assert.True(await ReadAsync(), $"Ended before '{text}': {_heard}");
        }

        return _heard.ToString();
    }

    /// <summary>Reads until the server ends the connection.</summary>
    /// <returns>True.</returns>
    public async Task<bool> EndsAsync()
    {
        while (await ReadAsync())
        {
            // Until there is nothing more.
        }

        return true;
    }

    public void Dispose() => _client.Dispose();

    private async Task<bool> ReadAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TestServer.Patience);
        var buffer = new byte[4096];
        try
        {
            var count = await _client.GetStream().ReadAsync(buffer, patience.Token);
            _heard.Append(Encoding.Latin1.GetString(buffer, 0, count));
            return count > 0;
        }
        catch (IOException)
        {
            // Cut off.
            return false;
        }
    }
}
