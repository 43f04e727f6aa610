using Convonet.Server.Mcp;
using Microsoft.Extensions.Configuration;

namespace Convonet.Tests.Mcp;

/// <summary>How MCP servers are configured.</summary>
public sealed class McpConfigurationTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"convonet-{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Read_NoFileAndNoSection_NoServers() => Assert.Empty(Read(null));

    [Fact]
    public void Read_FormOfDesktopAssistants_HasBothKinds()
    {
        var entries = Read("""
            {
              // As assistants write it, with what we do not know beside it.
              "mcpServers": {
                "files": {"type": "stdio", "command": "npx", "args": ["-y", "server", "/tmp"], "env": {"TOKEN": "${MY_TOKEN}", "MODE": "x"}, "cwd": "/srv"},
                "remote": {"type": "http", "url": "https://mcp.example.com/mcp", "headers": {"Authorization": "Bearer ${MY_TOKEN}"}, "timeout": 60},
                "local": {"url": "http://localhost:3000/mcp", "allowPrivateAddresses": true},
                "off": {"command": "nothing", "disabled": true}
              }
            }
            """);

        var files = Assert.IsType<McpWay.Stdio>(entries.Single(entry => entry.Name == "files").Way);
        Assert.Equal(("npx", "-y server /tmp", "/srv"), (files.Command, string.Join(' ', files.Arguments), files.Folder));
        Assert.Equal([("MODE", "x"), ("TOKEN", "s3cret")], files.Environment.OrderBy(one => one.Key).Select(one => (one.Key, one.Value)));
        var remote = Assert.IsType<McpWay.Http>(entries.Single(entry => entry.Name == "remote").Way);
        Assert.Equal(("https://mcp.example.com/mcp", "Bearer s3cret", false), (remote.Address.ToString(), remote.Headers["Authorization"], remote.AllowPrivateAddresses));
        Assert.True(Assert.IsType<McpWay.Http>(entries.Single(entry => entry.Name == "local").Way).AllowPrivateAddresses);
        Assert.DoesNotContain(entries, entry => entry.Name == "off");
    }

    [Fact]
    public void Read_BothSectionsAndFile_LaterOnesChangeEarlierOnes()
    {
        var entries = Read(
            """{"mcpServers": {"a": {"command": "one", "args": ["x"]}, "b": {"command": "two"}, "c": {"command": "three"}}}""",
            ("mcpServers:a:command", "other"),
            ("mcpServers:d:command", "four"),
            ("Convonet:Mcp:Servers:b:disabled", "true"),
            ("Convonet:Mcp:Servers:e:command", "five"));

        Assert.Equal(["a other x", "c three", "d four", "e five"], entries
            .Select(entry => (entry.Name, Way: Assert.IsType<McpWay.Stdio>(entry.Way)))
            .Select(entry => string.Join(' ', entry.Way.Arguments.Prepend(entry.Way.Command).Prepend(entry.Name))).Order());
    }

    [Fact]
    public void Read_VariableWithDefault_TakesItWhenNothingIsSet()
    {
        var entry = Assert.Single(Read("""{"mcpServers": {"a": {"command": "one", "env": {"A": "${NOT_SET:-else}", "B": "$HOME", "C": "${MY_TOKEN:-else}"}}}}"""));

        var variables = Assert.IsType<McpWay.Stdio>(entry.Way).Environment;
        Assert.Equal(("else", "$HOME", "s3cret"), (variables["A"], variables["B"], variables["C"]));
    }

    [Theory]
    [InlineData("a", """{}""", "neither a 'command' nor a 'url'")]
    [InlineData("a", """{"command": "  "}""", "neither a 'command' nor a 'url'")]
    [InlineData("a", """{"comand": "npx"}""", "neither a 'command' nor a 'url'")]
    [InlineData("a", """{"command": "x", "url": "https://x.example"}""", "both a 'command' and a 'url'")]
    [InlineData("a b", """{"command": "x"}""", "its name must be")]
    [InlineData("a__b", """{"command": "x"}""", "without '__'")]
    [InlineData("a_", """{"command": "x"}""", "its name must be")]
    [InlineData("ä", """{"command": "x"}""", "its name must be")]
    [InlineData("a234567890123456789012345678901234", """{"command": "x"}""", "its name must be")]
    [InlineData("a", """{"url": "mcp.example.com"}""", "begins with https://")]
    [InlineData("a", """{"url": "file:///etc/passwd"}""", "begins with https://")]
    [InlineData("a", """{"url": "ftp://mcp.example.com"}""", "begins with https://")]
    [InlineData("a", """{"url": "http://mcp.example.com/"}""", "with 'allowPrivateAddresses' only")]
    [InlineData("a", """{"url": "https://me:pw@mcp.example.com/"}""", "holds a password")]
    [InlineData("a", """{"url": "https://x.example", "allowPrivateAddresses": "perhaps"}""", "must be true or false")]
    [InlineData("a", """{"url": "https://x.example", "headers": {"Host": "y"}}""", "the header 'Host' cannot be set")]
    [InlineData("a", """{"url": "https://x.example", "headers": {"Mcp-Session-Id": "y"}}""", "cannot be set")]
    [InlineData("a", """{"url": "https://x.example", "headers": {"Content-Type": "y"}}""", "cannot be set")]
    [InlineData("a", """{"url": "https://x.example", "headers": {"X Y": "y"}}""", "is not the name of a header")]
    [InlineData("a", """{"url": "https://x.example", "headers": {"X": "y\nZ: z"}}""", "holds a line break")]
    [InlineData("a", """{"url": "https://x.example", "headers": {"X": "${NOT_SET}"}}""", "'NOT_SET' that it refers to is not set")]
    [InlineData("a", """{"command": "x", "args": "one"}""", "'args' must be a list")]
    [InlineData("a", """{"command": "x", "args": [{"a": 1}]}""", "'args' must be a list")]
    [InlineData("a", """{"command": "x", "env": ["A=b"]}""", "is not the name of a variable")]
    [InlineData("a", """{"command": "x", "env": {"A=B": "c"}}""", "is not the name of a variable")]
    [InlineData("a", """{"command": "x", "env": {"A": {"b": "c"}}}""", "must be a text")]
    public void Read_WrongEntry_SaysWhichAndWhyInOneLine(string name, string entry, string why)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Read($$"""{"mcpServers": { "{{name}}": {{entry}} } }"""));

        Assert.StartsWith($"The MCP server '{name}' is not configured right: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain("s3cret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FileThatIsNoJson_SaysWhichWhereAndWhyInOneLine()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Read("{\"mcpServers\": {\n  \"a\": {\"command\": }}}"));

        Assert.Equal(
            $$$$"""{{{{_file}}}}, line 2: this is not valid JSON: '}' is an invalid start of a value. Expected is {"mcpServers": {"name": {"command": "npx", "args": ["…"]}}}, as docs/mcp.md shows it.""",
            error.Message);
    }

    [Fact]
    public void Read_FileWithSomethingElse_SaysWhatIsExpected()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Read("[]"));

        Assert.StartsWith($"{_file}: this cannot be read: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("mcpServers", error.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<McpServerEntry> Read(string? file, params (string Key, string Value)[] settings)
    {
        if (file is not null)
        {
            File.WriteAllText(_file, file);
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(one => KeyValuePair.Create(one.Key, (string?)one.Value))).Build();
        return McpConfiguration.Read(configuration, _file, name => name == "MY_TOKEN" ? "s3cret" : null);
    }
}
