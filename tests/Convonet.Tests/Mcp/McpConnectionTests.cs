using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Convonet.Server.Mcp;
using Convonet.Tests.EndToEnd;
using Convonet.Tests.Fakes;
using Convonet.Tools;

namespace Convonet.Tests.Mcp;

/// <summary>MCP servers that come and go.</summary>
public sealed class McpConnectionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Program_Any_SeesItsOwnVariablesAndNoneOfOurs()
    {
        Environment.SetEnvironmentVariable("CONVONET_CANARY_API_KEY", "canary-of-ours");
        await using var server = await TestServer.StartAsync([.. McpFixture.Sample, "--mcpServers:sample:env:SAMPLE_KEY", "its own", "--GEMINI_API_KEY=canary-of-ours"]);
        await server.Mcp("sample").UntilAsync(McpStatus.Up);

        var seen = await EnvironmentAsync(server);

        var variables = seen.GetProperty("Variables").EnumerateObject().ToDictionary(one => one.Name, one => one.Value.GetString());
        Assert.Equal("its own", variables["SAMPLE_KEY"]);
        Assert.Contains("PATH", variables.Keys);
        Assert.DoesNotContain("CONVONET_CANARY_API_KEY", variables.Keys);
        Assert.DoesNotContain(variables.Values, value => value!.Contains("canary-of-ours", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Program_ThatCrashes_IsStartedAgainAfterAWaitThatGrowsUntilItWasSteady()
    {
        var time = new ObservedTime();
        await using var server = await TestServer.StartAsync(McpFixture.Sample, time);
        var sample = server.Mcp("sample");
        var waits = new List<double>();
        for (var round = 0; round < 4; round++)
        {
            await sample.UntilAsync(McpStatus.Up);
            Assert.Contains("sample__crash", server.GuestTools());
            if (round == 3)
            {
                await time.ArmedAsync(McpServerConnection.Pause);
                time.Advance(McpServerConnection.Steady);
            }

            var lost = await server.CallAsync("sample__crash");
            var down = await sample.UntilAsync(McpStatus.Down);

            Assert.Equal(ToolOutcome.Unknown, lost.Outcome);
            Assert.Contains("It is not known whether it took effect. Do not repeat it.", lost.Content, StringComparison.Ordinal);
            Assert.Equal("It ended with exit code 7.", down.Why);
            Assert.Empty(server.GuestTools());
            var wait = down.NextTry!.Value - time.GetUtcNow();
            waits.Add(wait.TotalSeconds);
            time.Advance(wait);
        }

        await sample.UntilAsync(McpStatus.Up);
        Assert.InRange(waits[0], 0.5, 1);
        Assert.InRange(waits[1], 1, 2);
        Assert.InRange(waits[2], 2, 4);
        Assert.InRange(waits[3], 0.5, 1);
    }

    [Fact]
    public async Task Program_ThatDoesNotExist_CostsItsToolsAndNotTheStart()
    {
        await using var server = await TestServer.StartAsync(["--mcpServers:none:command", "/no/such/program"]);

        Assert.Equal("Its command cannot be started.", (await server.Mcp("none").UntilAsync(McpStatus.Down)).Why);
        Assert.Equal(ToolOutcome.Ok, (await server.CallAsync("get_todos")).Outcome);
    }

    [Fact]
    public async Task Program_ThatSpeaksNothing_IsEndedWithTheServer()
    {
        await using var server = await TestServer.StartAsync(["--mcpServers:deaf:command", "sleep", "--mcpServers:deaf:args:0", "1000"]);

        await server.StopAsync().WaitAsync(TestServer.Patience, Token);

        Assert.Equal(McpStatus.Starting, server.Mcp("deaf").State.Status);
    }

    [Fact]
    public async Task Stop_WithAProgramRunning_EndsIt()
    {
        await using var server = await TestServer.StartAsync(McpFixture.Sample);
        await server.Mcp("sample").UntilAsync(McpStatus.Up);
        var process = (await EnvironmentAsync(server)).GetProperty("ProcessId").GetInt32();
        Process.GetProcessById(process).Dispose();

        await server.StopAsync();

        Assert.Throws<ArgumentException>(() => Process.GetProcessById(process));
        Assert.Empty(server.GuestTools());
    }

    [Fact]
    public async Task Dispose_WithoutAStop_EndsItToo()
    {
        int process;
        await using (var server = await TestServer.StartAsync(McpFixture.Sample))
        {
            await server.Mcp("sample").UntilAsync(McpStatus.Up);
            process = (await EnvironmentAsync(server)).GetProperty("ProcessId").GetInt32();
        }

        Assert.Throws<ArgumentException>(() => Process.GetProcessById(process));
    }

    [Fact]
    public async Task Program_WhoseParentIsKilled_EndsByItself()
    {
        var folder = Directory.CreateTempSubdirectory("convonet-");
        var pidFile = Path.Combine(folder.FullName, "pid");
        using var parent = Process.Start(new ProcessStartInfo("dotnet",
        [
            Repository.PathOf("artifacts", "bin", "Convonet.Server", McpFixture.Configuration, "Convonet.Server.dll"),
            "--urls", "http://127.0.0.1:0", "--contentRoot", Repository.PathOf("src", "Convonet.Server"), "--Convonet:Database", $"Data Source={folder.FullName}/convonet.db",
            .. McpFixture.Sample, "--mcpServers:sample:env:SAMPLE_PID_FILE", pidFile,
        ])
        { RedirectStandardOutput = true })!;
        try
        {
            await UntilAsync(parent.StandardOutput, "MCP server sample is up");
            using var sample = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(pidFile, Token), CultureInfo.InvariantCulture));

            parent.Kill();

            await sample.WaitForExitAsync(Token).WaitAsync(TestServer.Patience, Token);
        }
        finally
        {
            parent.Kill();
            await parent.WaitForExitAsync(Token);
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Remote_DownAtTheStart_CostsItsToolsAndComesLater()
    {
        var time = new ObservedTime();
        await using var fake = await FakeMcpServer.StartAsync();
        await fake.StopAsync();
        await using var server = await TestServer.StartAsync(fake.Options(), time);

        var down = await server.Mcp().UntilAsync(McpStatus.Down);
        Assert.Equal("It cannot be reached.", down.Why);
        Assert.Equal("No todos.", (await server.CallAsync("get_todos")).Content.Split('\n')[1]);
        var missing = await server.CallAsync("fake__echo");
        await fake.RestartAsync();
        time.Advance(down.NextTry!.Value - time.GetUtcNow());

        Assert.Equal(["fake__echo"], (await server.Mcp().UntilAsync(McpStatus.Up)).Tools);
        Assert.StartsWith("There is no tool named 'fake__echo'.", missing.Content, StringComparison.Ordinal);
        Assert.Equal(ToolOutcome.Ok, (await server.CallAsync("fake__echo", """{"text":"hi"}""")).Outcome);
    }

    [Fact]
    public async Task Remote_GoneWithoutAWord_IsFoundOutAtTheNextLook()
    {
        var time = new ObservedTime();
        await using var fake = await FakeMcpServer.StartAsync();
        await using var server = await TestServer.StartAsync(fake.Options(), time);
        await server.Mcp().UntilAsync(McpStatus.Up);
        await fake.StopAsync();

        await time.ArmedAsync(McpServerConnection.Pause);
        time.Advance(McpServerConnection.Pause);
        await time.ArmedAsync(McpServerConnection.CheckPeriod);
        time.Advance(McpServerConnection.CheckPeriod);

        Assert.Equal("It cannot be reached.", (await server.Mcp().UntilAsync(McpStatus.Down)).Why);
        Assert.Empty(server.GuestTools());
    }

    [Theory]
    [InlineData("echo", ToolOutcome.Error, "The connection to the MCP server fake was lost.")]
    [InlineData("send", ToolOutcome.Unknown, "The connection to the MCP server fake was lost. It is not known whether it took effect. Do not repeat it. Tell the user.")]
    public async Task Remote_GoneDuringACall_IsFoundOutAtOnce(string tool, ToolOutcome outcome, string told)
    {
        await using var fake = await FakeMcpServer.StartAsync();
        fake.Tools.Add(new ModelContextProtocol.Protocol.Tool { Name = "send", Description = "Sends." });
        await using var server = await TestServer.StartAsync(fake.Options());
        await server.Mcp().UntilAsync(McpStatus.Up);
        await fake.StopAsync();

        var lost = await server.CallAsync($"fake__{tool}");

        Assert.Equal((outcome, told), (lost.Outcome, lost.Content));
        await server.Mcp().UntilAsync(McpStatus.Down);
    }

    private static async Task UntilAsync(StreamReader output, string text)
    {
        // Longer than usual: two processes start, one after the other.
        while (await output.ReadLineAsync(Token).AsTask().WaitAsync(6 * TestServer.Patience, Token) is var line && !line!.Contains(text, StringComparison.Ordinal))
        {
        }
    }

    private static async Task<JsonElement> EnvironmentAsync(TestServer server)
    {
        var result = await server.CallAsync("sample__environment");
        return JsonElement.Parse(result.Content.Split('\n')[1]);
    }
}
