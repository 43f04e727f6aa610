using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Convonet.Emulator;
using Convonet.Emulator.Scripts;

namespace Convonet.Tests.Emulator;

/// <summary>An emulator without delays, and plain HTTP requests to it.</summary>
internal sealed class EmulatorClient : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly Version _version;

    private EmulatorClient(RunningEmulator emulator, bool http2)
    {
        Emulator = emulator;
        _http = new HttpClient(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero, MaxResponseDrainSize = 0 }) { BaseAddress = emulator.BaseAddress };
        _version = http2 ? HttpVersion.Version20 : HttpVersion.Version11;
    }

    internal static TheoryData<EmulatedApi> Apis => [EmulatedApi.Gemini, EmulatedApi.Anthropic, EmulatedApi.OpenAIChat, EmulatedApi.OpenAIResponses];

    internal RunningEmulator Emulator { get; }

    /// <summary>The model that requests to Gemini name.</summary>
    private string GeminiModel { get; init; } = "";

    /// <summary>The version that requests to Anthropic name.</summary>
    private string AnthropicVersion { get; init; } = "";

    internal static async Task<EmulatorClient> StartAsync(
        EmulatorOptions? options = null, string geminiModel = "gemini-3.5-flash", string anthropicVersion = "2023-06-01")
    {
        options = (options ?? new EmulatorOptions()) with { FirstDelay = TimeSpan.Zero, Gap = TimeSpan.Zero };
        return new EmulatorClient(await EmulatorHost.StartAsync(options, TestContext.Current.CancellationToken), options.Http2)
        {
            GeminiModel = geminiModel,
            AnthropicVersion = anthropicVersion,
        };
    }

    /// <summary>A minimal request that a user's sentence makes, with one tool declared.</summary>
    internal static string Body(EmulatedApi api, string text = "Hello", bool stream = true)
    {
        var message = JsonSerializer.Serialize(text);
        const string Schema = """{"type":"object","properties":{"title":{"type":"string"}},"required":["title"]}""";
        var flag = stream ? "true" : "false";
        return api switch
        {
            EmulatedApi.Gemini => $$$"""{"contents":[{"role":"user","parts":[{"text":{{{message}}}}]}],"tools":[{"functionDeclarations":[{"name":"create_todo","parameters":{{{Schema}}}}]}]}""",
            EmulatedApi.Anthropic => $$$"""{"model":"m","max_tokens":9,"stream":{{{flag}}},"messages":[{"role":"user","content":{{{message}}}}],"tools":[{"name":"create_todo","input_schema":{{{Schema}}}}]}""",
            EmulatedApi.OpenAIChat => $$$"""{"model":"m","stream":{{{flag}}},"messages":[{"role":"user","content":{{{message}}}}],"tools":[{"type":"function","function":{"name":"create_todo","parameters":{{{Schema}}}}}]}""",
            _ => $$$"""{"model":"m","stream":{{{flag}}},"input":{{{message}}},"tools":[{"type":"function","name":"create_todo","parameters":{{{Schema}}}}]}""",
        };
    }

    internal Task<HttpResponseMessage> SendAsync(EmulatedApi api, string? body = null, string? fault = null, bool stream = true, bool key = true)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, api switch
        {
            EmulatedApi.Gemini when stream => $"v1beta/models/{GeminiModel}:streamGenerateContent?alt=sse",
            EmulatedApi.Gemini => $"v1beta/models/{GeminiModel}:generateContent",
            EmulatedApi.Anthropic => "v1/messages",
            EmulatedApi.OpenAIChat => "v1/chat/completions",
            _ => "v1/responses",
        })
        {
            Version = _version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent(body ?? Body(api, stream: stream), Encoding.UTF8, "application/json"),
        };
        if (fault is not null)
        {
            request.Headers.Add("x-emulator-fault", fault);
        }

        if (api == EmulatedApi.Anthropic)
        {
            request.Headers.Add("anthropic-version", AnthropicVersion);
        }

        if (key)
        {
            request.Headers.Add("x-goog-api-key", "k");
            request.Headers.Add("x-api-key", "k");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "k");
        }

        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>The whole answer of a script, as it came over the wire.</summary>
    internal async Task<string> RawAsync(EmulatedApi api, Script? script = null, string? fault = null, string? body = null)
    {
        if (script is not null)
        {
            Emulator.Enqueue(script);
        }

        using var response = await SendAsync(api, body, fault);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The JSON of the answer's events.</summary>
    internal async Task<List<JsonElement>> EventsAsync(EmulatedApi api, Script? script = null, string? fault = null, string? body = null) =>
        Events(await RawAsync(api, script, fault, body));

    internal static List<JsonElement> Events(string stream) =>
    [
        .. stream.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonElement.Parse(line["data: ".Length..])),
    ];

    /// <summary>Status and error message of a request that is refused.</summary>
    internal async Task<(int Status, string Message, JsonElement Body)> RefusedAsync(EmulatedApi api, string body)
    {
        using var response = await SendAsync(api, body);
        var json = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return ((int)response.StatusCode, json.GetProperty("error").GetProperty("message").GetString()!, json);
    }

    /// <summary>The text of the events, in whichever field the provider puts it.</summary>
    internal static string TextOf(EmulatedApi api, IEnumerable<JsonElement> events) => string.Concat(events.Select(e => api switch
    {
        EmulatedApi.Gemini => Path(e, "candidates", 0, "content", "parts", 0, "text"),
        EmulatedApi.Anthropic => Path(e, "delta", "text"),
        EmulatedApi.OpenAIChat => Path(e, "choices", 0, "delta", "content"),
        _ => Path(e, "type") == "response.output_text.delta" ? Path(e, "delta") : "",
    }));

    /// <summary>The string at a path of names and indices; empty when there is none.</summary>
    internal static string Path(JsonElement element, params object[] path)
    {
        foreach (var step in path)
        {
            if (step is string name && element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var property))
            {
                element = property;
            }
            else if (step is int index && element.ValueKind == JsonValueKind.Array && index < element.GetArrayLength())
            {
                element = element[index];
            }
            else
            {
                return "";
            }
        }

        return element.ValueKind == JsonValueKind.String ? element.GetString()! : element.ValueKind == JsonValueKind.Null ? "" : element.GetRawText();
    }

    internal static bool IsJson(string text)
    {
        try
        {
            JsonElement.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Emulator.DisposeAsync();
    }
}
