using Convonet.Server.Accounts;
using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Convonet.Tests.Accounts;

/// <summary>A PIN without a name, as the clients of the system before send it: whose it is, and that it cannot be tried out.</summary>
public sealed class PinAloneTests
{
    private const string Pin = "918273";
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(null, null)]
    [InlineData("anna@example.com", "anna@example.com")]
    [InlineData("Ben@Example.com", "ben@example.com")]
    [InlineData("nobody@example.com", null)]
    public async Task Pin_Alone_IsTheConfiguredUsers_AndNobodysWithoutOneWhereTwoHaveOne(string? configured, string? expected)
    {
        await using var server = await TestServer.StartAsync(TestServer.Beyond);
        await server.RegisterWithPinAsync("anna@example.com", Pin);
        await server.RegisterWithPinAsync("ben@example.com", Pin);
        var pins = Pins(server, configured);

        var answer = await pins.FindAsync(new PinAttempt(null, Pin, "s_1", "a"), null, TestContext.Current.CancellationToken);
        var named = await pins.FindAsync(new PinAttempt("ben@example.com", Pin, "s_1", "a"), null, TestContext.Current.CancellationToken);

        Assert.Equal(expected, answer.User?.Email);
        Assert.Equal("ben@example.com", named.User?.Email);
    }

    /// <summary>Slowly enough for the limit of a minute, from a new address each time.</summary>
    [Fact]
    public async Task Pin_Alone_TriedAllDay_IsTried20TimesAnHour()
    {
        await using var server = await TestServer.StartAsync(TestServer.Beyond);
        await server.RegisterWithPinAsync("anna@example.com", Pin);
        var pins = Pins(server, "anna@example.com");
        var tried = 0;
        for (var i = 0; i < 24 * 60; i++)
        {
            tried += await FindAsync(pins, $"{i:0000}", i) == PinOutcome.Wrong ? 1 : 0;
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.InRange(tried, 24 * 19, 24 * 20);
    }

    /// <summary>Nobody who tries it out shuts out those who say who they are; and whoever knows it begins the count anew.</summary>
    [Fact]
    public async Task Pin_Alone_AfterItsTries_IsStillGoodWithAName()
    {
        await using var server = await TestServer.StartAsync(TestServer.Beyond);
        await server.RegisterWithPinAsync("anna@example.com", Pin);
        var pins = Pins(server, "anna@example.com");
        var outcomes = new List<PinOutcome>();
        for (var i = 0; i < 21; i++)
        {
            outcomes.Add(await FindAsync(pins, i == 18 ? Pin : "0000", i));
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        for (var i = 21; i < 40; i++)
        {
            outcomes.Add(await FindAsync(pins, "0000", i));
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        var named = await pins.FindAsync(new PinAttempt("anna@example.com", Pin, "s_n", "n"), null, TestContext.Current.CancellationToken);

        Assert.Equal((PinOutcome.Right, PinOutcome.Wrong, PinOutcome.Wrong), (outcomes[18], outcomes[20], outcomes[38]));
        Assert.Equal(PinOutcome.TooManyTries, outcomes[39]);
        Assert.Equal(PinOutcome.Right, named.Outcome);
    }

    private static async Task<PinOutcome> FindAsync(VoicePin pins, string pin, int number) =>
        (await pins.FindAsync(new PinAttempt(null, pin, $"s_{number}", $"a{number}"), null, TestContext.Current.CancellationToken)).Outcome;

    private VoicePin Pins(TestServer server, string? user) => new(
        server.Services.GetRequiredService<ConvonetStore>(),
        server.Services.GetRequiredService<IPasswordHasher<AppUser>>(),
        Options.Create(new AccountOptions { PinUser = user }),
        _time);
}
