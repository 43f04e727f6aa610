namespace Convonet.BrowserTests;

/// <summary>The page that shows the API, in a browser that keeps to its policy.</summary>
public sealed class ApiPageTests(PageFixture pages) : IClassFixture<PageFixture>
{
    /// <summary>It is a large program, and the machine may be busy.</summary>
    private const int PatienceMs = 60_000;

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task Scalar_Opened_ShowsTheEndpointsFromThisServerAlone(int width)
    {
        await using var visitor = await pages.VisitAsync(width);
        var own = new Uri(visitor.Page.Url);
        var asked = new List<Uri>();
        visitor.Page.Request += (_, request) => asked.Add(new Uri(request.Url));

        await visitor.Page.GotoAsync(new Uri(own, "/scalar/").ToString());
        foreach (var heading in new[] { "Convonet", "account" })
        {
            await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = heading })).ToBeVisibleAsync(new() { Timeout = PatienceMs });
        }

        await visitor.AssertNothingWentWrongAsync();
        Assert.NotEmpty(asked);
        Assert.All(asked, address => Assert.True(address.Scheme is "data" or "blob" || address.Authority == own.Authority, address.ToString()));
    }
}
