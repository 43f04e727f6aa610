using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Convonet.Server.Accounts;
using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Accounts;

/// <summary>What the tests of accounts do again and again.</summary>
internal static class AccountFixture
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Sends JSON, and gives the status and the answer.</summary>
    public static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(this HttpClient http, string method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await http.SendAsync(request, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        return (response.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }

    /// <summary>Only the status.</summary>
    public static async Task<HttpStatusCode> StatusAsync(this HttpClient http, string method, string path, object? body = null) => (await http.SendAsync(method, path, body)).Status;

    /// <summary>Who the client is; null when it is nobody.</summary>
    public static async Task<string?> WhoAsync(this HttpClient http)
    {
        var (status, body) = await http.SendAsync("GET", "/api/account");
        return status == HttpStatusCode.OK ? body.GetProperty("user_name").GetString() : null;
    }

    /// <summary>Changes an account past the server.</summary>
    public static async Task ChangeAsync(this TestServer server, Guid id, Action<ConvonetDb, AppUser> change)
    {
        await using var db = await server.Services.GetRequiredService<IDbContextFactory<ConvonetDb>>().CreateDbContextAsync(Token);
        change(db, await db.Users.SingleAsync(user => user.Id == id, Token));
        await db.SaveChangesAsync(Token);
    }

    /// <summary>Registers somebody who has a PIN.</summary>
    public static async Task<TestUser> RegisterWithPinAsync(this TestServer server, string email, string pin)
    {
        var user = await server.RegisterAsync(email);
        var status = await user.Http.StatusAsync("PUT", "/api/account/pin", new { pin });
        Assert.True((int)status < 300, $"{status}");
        return user;
    }
}
