using Convonet.Emulator.Scripts;
using Convonet.Emulator.Wire;

namespace Convonet.Emulator;

/// <summary>What is not an answer of a model: lists of models, the page at <c>/</c>, and opening a gate from outside.</summary>
internal static class StaticPages
{
    private const string GatePrefix = "/emulator/gates/";

    /// <summary>Writes the page; without gates they cannot be opened from outside.</summary>
    internal static async Task WriteAsync(HttpContext context, string path, Func<string, ScriptGate>? gates)
    {
        var isGet = HttpMethods.IsGet(context.Request.Method);
        switch (path)
        {
            case "/" when isGet:
                await context.Response.WriteAsync(AboutText.Addresses(new Uri($"http://{context.Request.Host}/")), context.RequestAborted);
                break;
            case "/v1beta/models" when isGet:
                await WriteModelsAsync(context, WireFormat.Of(EmulatedApi.Gemini));
                break;
            case "/v1/models" when isGet:
                var isAnthropic = context.Request.Headers.ContainsKey("anthropic-version");
                await WriteModelsAsync(context, WireFormat.Of(isAnthropic ? EmulatedApi.Anthropic : EmulatedApi.OpenAIChat));
                break;
            case not null when gates is not null && !isGet && path.StartsWith(GatePrefix, StringComparison.Ordinal) && path.Length > GatePrefix.Length:
                gates(path[GatePrefix.Length..]).Open();
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            default:
                var format = WireFormat.Of(WireFormat.ApiOf(path!));
                await WriteJsonAsync(context, format, StatusCodes.Status404NotFound, WireJson.Text(format.Error(new Rejection(404, format.MessageOf(404)), context.Response.Headers)));
                break;
        }
    }

    private static Task WriteModelsAsync(HttpContext context, WireFormat format)
    {
        return format.CheckHeaders(context.Request) is { } refused
            ? WriteJsonAsync(context, format, refused.Status, WireJson.Text(format.Error(refused, context.Response.Headers)))
            : WriteJsonAsync(context, format, StatusCodes.Status200OK, WireJson.Text(format.Models()));
    }

    private static Task WriteJsonAsync(HttpContext context, WireFormat format, int status, string json)
    {
        format.AddHeaders(context.Response.Headers);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json, context.RequestAborted);
    }
}
