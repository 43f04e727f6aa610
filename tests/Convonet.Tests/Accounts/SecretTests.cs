using System.Text;
using Convonet.Server.Accounts;
using Convonet.Server.Store;
using Convonet.Server.Transport;
using Convonet.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Accounts;

/// <summary>Where PINs, passwords and tokens must not show.</summary>
public sealed class SecretTests
{
    private const string Pin = "918273";
    private const string OtherPin = "827364";
    private const string Password = "very secret canary";
    private const string OtherPassword = "another secret canary";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Secrets_ThroughEveryDoor_AreInNoLogLineNoEventNoPromptAndNotInTheStore()
    {
        await using var server = await TestServer.StartAsync(
            [.. TestServer.Beyond, "--Logging:LogLevel:Default", "Trace", "--Logging:LogLevel:Microsoft.AspNetCore", "Trace", "--Logging:LogLevel:Microsoft.EntityFrameworkCore", "Trace"]);
        server.Model.Otherwise = _ => new ScriptedStep().Text("Hello.");
        using var http = TestUser.Client(server);
        await http.SendAsync("POST", "/api/account/register", new { email = "anna@example.com", password = Password, name = "Anna" });
        await http.SendAsync("POST", "/api/account/login", new { email = "anna@example.com", password = OtherPassword });
        using var anna = await TestUser.SignInAsync(server, "anna@example.com", Guid.Empty, Password);
        await anna.Http.SendAsync("PUT", "/api/account/pin", new { pin = Pin });
        await anna.Http.SendAsync("POST", "/api/account/register", new { email = "bad", password = OtherPassword, name = "Eve" });
        using var client = await VoiceClient.ConnectAsync(server);
        await client.SendAsync("authenticate", new { user = "anna", pin = OtherPin });
        await client.SendAsync("authenticate", new { user = "anna", pin = Pin });
        await client.SendTextAsync($$$"""{"event":"authenticate","data":{"user":{},"pin":"{{{OtherPin}}}"}}""");
        await client.AskAsync("What is my PIN?");
        var events = await client.UntilAsync("agent_response");
        await client.SendAsync("resume", new { conversation = client.Conversation, after = 9999, epoch = 1 });
        events.AddRange(await client.UntilAsync("snapshot"));
        await anna.Http.SendAsync("POST", "/api/account/password", new { current = Password, @new = OtherPassword });
        events.AddRange((await client.UntilClosedAsync()).Events);

        var database = await DumpAsync(server);
        var said = server.Log.Lines(LogLevel.Trace).Concat(events.Select(one => one.Raw)).Concat(server.Model.Requests.Select(Describe)).Append(database).ToArray();

        Assert.Contains(said, line => line.Contains("Welcome back", StringComparison.Ordinal));
        Assert.Contains(said, line => line.Contains("/api/account/pin", StringComparison.Ordinal));
        Assert.Contains("anna@example.com", database, StringComparison.Ordinal);
        foreach (var secret in new[] { Pin, OtherPin, Password, OtherPassword, anna.Token, anna.RefreshToken })
        {
            Assert.DoesNotContain(said, line => line.Contains(secret, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Requests_Printed_ShowNoSecret()
    {
        object[] printed =
        [
            ClientFrame.Parse(Encoding.UTF8.GetBytes($$$"""{"event":"authenticate","data":{"pin":"{{{Pin}}}"}}"""), new TransportOptions()),
            new PinAttempt("anna", Pin, "s_1", "127.0.0.1"),
            new RegisterRequest("anna@example.com", Pin, "Anna", null),
            new LoginRequest("anna@example.com", Pin),
            new RefreshRequest(Pin),
            new PasswordRequest(Pin, Pin),
            new PinRequest(Pin),
            new SignIn(Guid.Empty, Pin, Pin),
        ];

        Assert.IsType<ClientFrame.Authenticate>(printed[0]);
        Assert.All(printed, one => Assert.DoesNotContain(Pin, $"{one}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("anna", "0000")]
    [InlineData("nobody", "0000")]
    [InlineData("nopin", "0000")]
    [InlineData(null, "0000")]
    public async Task Pin_Any_IsCheckedOnceWhetherTheAccountExistsOrNot(string? handle, string pin)
    {
        await using var server = await TestServer.StartAsync(TestServer.Beyond);
        using var anna = await server.RegisterAsync("anna@example.com");
        using var other = await server.RegisterAsync("nopin@example.com");
        await anna.Http.SendAsync("PUT", "/api/account/pin", new { pin = Pin });
        var hasher = new CountingHasher();
        var pins = new VoicePin(server.Services.GetRequiredService<ConvonetStore>(), hasher, Options.Create(new AccountOptions()), new FakeTimeProvider());

        var answer = await pins.FindAsync(new PinAttempt(handle, pin, "s_1", "a"), null, Token);

        Assert.Equal((PinOutcome.Wrong, null, 1), (answer.Outcome, answer.User, hasher.Verified));
    }

    private static string Describe(Convonet.Models.ModelRequest request) => System.Text.Json.JsonSerializer.Serialize(new { request.SystemPrompt, History = string.Join("\n", request.History), Tools = string.Join("\n", request.Tools) });

    /// <summary>Everything that the store keeps, as text.</summary>
    private static async Task<string> DumpAsync(TestServer server)
    {
        await using var db = await server.Services.GetRequiredService<IDbContextFactory<ConvonetDb>>().CreateDbContextAsync(Token);
        await db.Database.OpenConnectionAsync(Token);
        var dump = new StringBuilder();
        foreach (var table in db.Model.GetEntityTypes().Select(type => type.GetTableName()!).Distinct())
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // the names are the model's own
            command.CommandText = $"SELECT * FROM \"{table}\"";
#pragma warning restore CA2100
            await using var rows = await command.ExecuteReaderAsync(Token);
            while (await rows.ReadAsync(Token))
            {
                dump.Append(table).Append(": ").AppendJoin(", ", Enumerable.Range(0, rows.FieldCount).Select(rows.GetValue)).Append('\n');
            }
        }

        return dump.ToString();
    }
}
