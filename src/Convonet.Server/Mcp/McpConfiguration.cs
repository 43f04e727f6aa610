using System.Text.Json;
using System.Text.RegularExpressions;

namespace Convonet.Server.Mcp;

/// <summary>Reads which MCP servers there are, in the form that desktop assistants use.</summary>
internal static partial class McpConfiguration
{
    private const string FileSection = "mcpServers";
    private const string Expected = """Expected is {"mcpServers": {"name": {"command": "npx", "args": ["…"]}}}, as docs/mcp.md shows it.""";
    private const string OwnSection = $"{McpOptions.Section}:Servers";

    /// <summary>Reads the entries: those of the file, then of <c>mcpServers</c> and <c>Convonet:Mcp:Servers</c> in the configuration, where later ones change earlier ones.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="file">Path of the file; it may be missing.</param>
    /// <param name="environment">Value of an environment variable, for <c>${NAME}</c>.</param>
    /// <exception cref="InvalidOperationException">An entry is wrong; the message says which and why.</exception>
    public static IReadOnlyList<McpServerEntry> Read(IConfiguration configuration, string file, Func<string, string?> environment) =>
    [
        .. new ConfigurationBuilder()
            .AddConfiguration(ReadFile(file).GetSection(FileSection))
            .AddConfiguration(configuration.GetSection(FileSection))
            .AddConfiguration(configuration.GetSection(OwnSection))
            .Build()
            .GetChildren()
            .Where(section => !Flag(section, "disabled"))
            .Select(section => Entry(section, environment)),
    ];

    private static IConfigurationRoot ReadFile(string file)
    {
        try
        {
            return new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(file), optional: true, reloadOnChange: false).Build();
        }
        catch (InvalidDataException error)
        {
            var cause = error.GetBaseException();
            var what = cause is JsonException { LineNumber: { } line } ? $", line {line + 1}: this is not valid JSON" : ": this cannot be read";
            throw new InvalidOperationException($"{Path.GetFullPath(file)}{what}: {WithoutPlace(cause.Message)} {Expected}");
        }
    }

    /// <summary>The framework counts lines from 0 behind its sentence.</summary>
    private static string WithoutPlace(string message) => message.Split([" Path:", " LineNumber:"], 2, StringSplitOptions.None)[0];

    private static McpServerEntry Entry(IConfigurationSection section, Func<string, string?> environment)
    {
        var name = section.Key;
        if (!ServerName().IsMatch(name))
        {
            throw Wrong(name, "its name must be 1 to 32 letters, digits, '-' and '_', without '__'.");
        }

        var (command, url) = (Text(section, "command"), Text(section, "url"));
        return (command, url) switch
        {
            (null, null) => throw Wrong(name, "it has neither a 'command' nor a 'url'."),
            (not null, not null) => throw Wrong(name, "it has both a 'command' and a 'url'."),
            (not null, null) => new McpServerEntry(name, new McpWay.Stdio(
                command, List(section, "args"), Map(section, "env", environment, VariableName(), "variable"), Text(section, "cwd"))),
            (null, not null) => new McpServerEntry(name, Http(section, url, environment)),
        };
    }

    private static McpWay.Http Http(IConfigurationSection section, string url, Func<string, string?> environment)
    {
        var mayBePrivate = Flag(section, "allowPrivateAddresses");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp))
        {
            throw Wrong(section.Key, "its 'url' is not an address that begins with https:// or http://.");
        }

        if (address.UserInfo.Length > 0)
        {
            throw Wrong(section.Key, "its 'url' holds a password; put it into 'headers'.");
        }

        if (address.Scheme == Uri.UriSchemeHttp && !mayBePrivate)
        {
            throw Wrong(section.Key, "its 'url' begins with http://, which is for servers with 'allowPrivateAddresses' only; use https://.");
        }

        var headers = Map(section, "headers", environment, HeaderName(), "header");
        using var probe = new HttpRequestMessage();
        foreach (var (name, value) in headers)
        {
            // What the client would refuse later, with the value in its message.
            if (IsReserved(name) || !probe.Headers.TryAddWithoutValidation(name, value))
            {
                throw Wrong(section.Key, $"the header '{name}' cannot be set.");
            }
        }

        return new McpWay.Http(address, headers, mayBePrivate);
    }

    /// <summary>Headers that HTTP or the protocol itself sets.</summary>
    private static bool IsReserved(string header) =>
        header.StartsWith("Mcp-", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Host", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Accept", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Connection", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase);

    private static string? Text(IConfigurationSection section, string key) => section[key] is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    private static bool Flag(IConfigurationSection section, string key) => section[key] switch
    {
        null or "" => false,
        var value => bool.TryParse(value, out var flag) ? flag : throw Wrong(section.Key, $"'{key}' must be true or false."),
    };

    private static string[] List(IConfigurationSection section, string key)
    {
        var list = section.GetSection(key);
        if (!string.IsNullOrEmpty(list.Value))
        {
            throw Wrong(section.Key, $"'{key}' must be a list of texts.");
        }

        return [.. list.GetChildren().Select(item => item.Value ?? throw Wrong(section.Key, $"'{key}' must be a list of texts."))];
    }

    private static Dictionary<string, string> Map(IConfigurationSection section, string key, Func<string, string?> environment, Regex names, string what)
    {
        var map = section.GetSection(key);
        if (!string.IsNullOrEmpty(map.Value))
        {
            throw Wrong(section.Key, $"'{key}' must be an object of names and texts.");
        }

        Dictionary<string, string> read = new(StringComparer.Ordinal);
        foreach (var pair in map.GetChildren())
        {
            if (!names.IsMatch(pair.Key))
            {
                throw Wrong(section.Key, $"'{pair.Key}' in '{key}' is not the name of a {what}.");
            }

            var value = Expand(pair.Value ?? throw Wrong(section.Key, $"'{pair.Key}' in '{key}' must be a text."), section.Key, environment);
            read[pair.Key] = value.AsSpan().ContainsAny('\r', '\n', '\0') ? throw Wrong(section.Key, $"'{pair.Key}' in '{key}' holds a line break.") : value;
        }

        return read;
    }

    /// <summary>Puts in the variables that the operator names; nothing else of our environment reaches a server.</summary>
    private static string Expand(string value, string server, Func<string, string?> environment) => Reference().Replace(value, match =>
    {
        var name = match.Groups["name"].Value;
        return environment(name) is { Length: > 0 } set ? set
            : match.Groups["default"] is { Success: true } otherwise ? otherwise.Value
            : throw Wrong(server, $"the environment variable '{name}' that it refers to is not set.");
    });

    private static InvalidOperationException Wrong(string server, string why) => new($"The MCP server '{server}' is not configured right: {why}");

    // Without "__", because that is what stands between server and tool in a tool's name.
    [GeneratedRegex(@"\A(?!.*__)[A-Za-z0-9](?:[A-Za-z0-9_-]{0,30}[A-Za-z0-9])?\z")]
    private static partial Regex ServerName();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_.-]*\z")]
    private static partial Regex VariableName();

    [GeneratedRegex(@"\A[A-Za-z0-9!#$%&'*+.^_`|~-]+\z")]
    private static partial Regex HeaderName();

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?<default>[^}]*))?\}")]
    private static partial Regex Reference();
}
