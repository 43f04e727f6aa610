using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Accounts;

/// <summary>Who needs no form.</summary>
public sealed class LocalOwnerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> ProxyHeaders => new()
    {
        { "X-Forwarded-For", "203.0.113.7" }, { "X-Forwarded-Proto", "https" }, { "x-forwarded-host", "chat.example.com" }, { "X-Forwarded-For", "127.0.0.1" },
        { "Forwarded", "for=203.0.113.7" }, { "X-Real-IP", "203.0.113.7" }, { "X-Original-For", "127.0.0.1:5" }, { "Via", "1.1 proxy" },
    };

    [Fact]
    public async Task FirstStart_OnLoopback_LetsTheOwnerInWithoutAForm()
    {
        await using var server = await TestServer.StartAsync();
        using var http = TestUser.Client(server);

        var me = await http.GetFromJsonAsync<JsonElement>("/api/account", Token);

        Assert.Equal("owner", me.GetProperty("user_name").GetString());
        Assert.True(me.GetProperty("is_local_owner").GetBoolean());
        Assert.False(me.GetProperty("has_password").GetBoolean());
        using var client = await VoiceClient.ConnectAsync(server);
        Assert.Equal("connected", client.Hello.Name);
        Assert.Empty(server.Log.Lines(LogLevel.Warning));
    }

    [Theory]
    [InlineData("UTC", "Etc/UTC")]
    [InlineData("Etc/UTC", "Etc/UTC")]
    [InlineData("Europe/Zurich", "Europe/Zurich")]
    public async Task FirstStart_OnAMachineInUtc_HasTheZoneThatNobodyHasSaid(string machine, string zone)
    {
        var time = new FakeTimeProvider();
        time.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone(machine, TimeSpan.Zero, machine, machine));
        await using var server = await TestServer.StartAsync([], time);
        using var http = TestUser.Client(server);

        Assert.Equal(zone, (await http.GetFromJsonAsync<JsonElement>("/api/account", Token)).GetProperty("time_zone").GetString());
    }

    [Theory]
    [MemberData(nameof(ProxyHeaders))]
    public async Task Request_ThroughAProxy_IsNobodys(string header, string value)
    {
        await using var server = await TestServer.StartAsync();
        using var http = TestUser.Client(server);
        http.DefaultRequestHeaders.TryAddWithoutValidation(header, value);

        using var answer = await http.GetAsync("/api/account", Token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.Unauthorized, await VoiceClient.RefusalAsync(server, headers: [(header, value)]));
    }

    [Fact]
    public async Task Register_SomebodyElse_IsNotTheOwner()
    {
        await using var server = await TestServer.StartAsync();
        using var anna = await server.RegisterAsync("anna@example.com");

        var me = await anna.Http.GetFromJsonAsync<JsonElement>("/api/account", Token);

        Assert.Equal((anna.Id, "anna", false), (me.GetProperty("id").GetGuid(), me.GetProperty("user_name").GetString(), me.GetProperty("is_local_owner").GetBoolean()));
        using var client = await anna.ConnectAsync();
        Assert.Equal("connected", client.Hello.Name);
    }
}
