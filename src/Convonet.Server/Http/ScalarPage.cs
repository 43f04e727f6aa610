using System.Security.Cryptography;
using Scalar.AspNetCore;

namespace Convonet.Server.Http;

/// <summary>The page at <c>/scalar</c> on which people read the API's document and try its endpoints out. All of it comes from this server.</summary>
internal static class ScalarPage
{
    private const string Path = "/scalar";
    private const string NonceItem = "scalar.nonce";

    /// <summary>Whether a request is for this page.</summary>
    public static bool IsAt(HttpContext context) => context.Request.Path.StartsWithSegments(Path);

    /// <summary>
    /// What this page may do: run its own scripts and, by nonce, the one in its HTML, which starts it; write style elements, as its framework does; talk to
    /// this server. It cannot keep to the rules of trusted types.
    /// </summary>
    public static string PolicyOf(HttpContext context) =>
        $"default-src 'none'; script-src 'self' 'nonce-{NonceOf(context)}'; style-src 'self' 'unsafe-inline'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Tells the page's validator to compile no code: it would only try, be stopped by the policy, and go on without.</summary>
    private static string Setup(HttpContext context) => $$"""<script nonce="{{NonceOf(context)}}">globalThis.__zod_globalConfig = { jitless: true };</script>""";

    public static void MapScalarPage(this IEndpointRouteBuilder endpoints) => endpoints.MapScalarApiReference(Path, static (options, context) => options
        .WithTitle("Convonet API")
        .WithNonce(NonceOf(context))
        .AddHeadContent(Setup(context))
        .WithOpenApiRoutePattern(OpenApiSetup.Path)
        .WithFavicon("/favicon.svg")
        .DisableDefaultFonts()
        .DisableTelemetry()
        .DisableAgent()
        .DisableMcp()
        .HideClientButton()
        .HideDeveloperTools());

    private static string NonceOf(HttpContext context) =>
        (string)(context.Items[NonceItem] ??= Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
}
