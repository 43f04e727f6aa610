using Convonet.Server.Accounts;
using Microsoft.Extensions.Options;

namespace Convonet.Server.Transport;

/// <summary>Keeps other pages from acting for whoever is signed in in the same browser.</summary>
/// <remarks>
/// A browser adds the cookie, or is the local owner's, whichever page asks. So a request that changes something, and shows no token, must
/// come from a page that may connect, and must carry JSON or nothing: a form of another page cannot do that.
/// </remarks>
internal static class RequestOrigins
{
    public static void UseRequestOrigins(this IApplicationBuilder app)
    {
        var allowed = app.ApplicationServices.GetRequiredService<IOptions<TransportOptions>>().Value.AllowedOrigins;
        app.Use(async (context, next) =>
        {
            if (IsSafe(context.Request.Method) || context.User.Identity?.AuthenticationType == SignedIn.ByToken)
            {
                await next(context);
            }
            else if (!OriginRule.Allows(context.Request, allowed) || (context.Request.Headers.Origin.Count == 0 && IsOfAnotherSite(context.Request)))
            {
                await RefuseAsync(context, StatusCodes.Status403Forbidden, "This page's origin is not allowed to do this.");
            }
            else if (context.Request.ContentType is not null && !context.Request.HasJsonContentType())
            {
                await RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType, "Send JSON, with the content type application/json.");
            }
            else
            {
                await next(context);
            }
        });
    }

    /// <summary>CONNECT opens a WebSocket within HTTP/2; its endpoint looks at the origin itself.</summary>
    private static bool IsSafe(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method) || HttpMethods.IsConnect(method);

    private static bool IsOfAnotherSite(HttpRequest request) => request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site";

    private static Task RefuseAsync(HttpContext context, int status, string why) =>
        TypedResults.Problem(why, statusCode: status).ExecuteAsync(context);
}
