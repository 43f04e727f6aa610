using System.Text.Json;
using Convonet.Agents;
using Convonet.Models;
using Convonet.Models.Health;
using Convonet.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Providers;

/// <summary>What the server tells of its providers' health.</summary>
public sealed class ProviderHealthApiTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private HttpClient _http = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ModelHealth First => _server.Services.GetRequiredService<ProviderHealth>().Of(_server.Model);

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _http = new HttpClient { BaseAddress = _server.Address, Timeout = TestServer.Patience };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Health_OfAProviderThatWorks_IsClosedWithTheTimeItTakes()
    {
        Assert.Equal(JsonValueKind.Null, (await HealthAsync()).GetProperty("first_content_p90_ms").ValueKind);
        for (var call = 0; call < 10; call++)
        {
            using var report = First.Begin();
            report.Answered(TimeSpan.FromMilliseconds(812));
        }

        var health = await HealthAsync();

        Assert.Equal(("closed", 812L), (health.GetProperty("state").GetString(), health.GetProperty("first_content_p90_ms").GetInt64()));
        Assert.Equal(JsonValueKind.Null, health.GetProperty("probe_at").ValueKind);
    }

    [Fact]
    public async Task Health_OfAProviderThatFailed_IsOpenAndTheGraphKnows()
    {
        using (var report = First.Begin())
        {
            report.Failed(new ModelException(ModelErrorKind.Unreachable, "Test."));
        }

        var health = await HealthAsync();

        Assert.Equal("open", health.GetProperty("state").GetString());
        Assert.Equal(First.Since, health.GetProperty("since").GetDateTimeOffset());

        // On the clock as it is at each look, whoever has set it meanwhile.
        Assert.Equal(First.ProbeAt!.Value, health.GetProperty("probe_at").GetDateTimeOffset(), TimeSpan.FromSeconds(1));
        Assert.Null(_server.Services.GetRequiredService<AgentGraph>().FirstHealthy([_server.Model]));
        Assert.Equal("closed", (await HealthAsync("second")).GetProperty("state").GetString());
    }

    private async Task<JsonElement> HealthAsync(string provider = "first") => JsonElement.Parse(await _http.GetStringAsync("/api/providers", Token))
        .GetProperty("providers").EnumerateArray().Single(one => one.GetProperty("name").GetString() == provider).GetProperty("health");
}
