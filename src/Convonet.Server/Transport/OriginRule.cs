namespace Convonet.Server.Transport;

/// <summary>Which pages may connect. Browsers do not apply CORS to WebSockets, so the server has to look at the Origin itself.</summary>
internal static class OriginRule
{
    /// <summary>Whether a request's origin is the server's own, or in the list. Clients that are not browsers send none.</summary>
    public static bool Allows(HttpRequest request, IEnumerable<string> allowed)
    {
        var origins = request.Headers.Origin;
        if (origins.Count == 0)
        {
            return true;
        }

        return origins.Count == 1
            && Uri.TryCreate(origins[0], UriKind.Absolute, out var origin)
            && (IsOwn(origin, request) || allowed.Contains(origins[0], StringComparer.OrdinalIgnoreCase));
    }

    private static bool IsOwn(Uri origin, HttpRequest request) =>
        string.Equals(origin.Scheme, request.Scheme, StringComparison.OrdinalIgnoreCase)
        && string.Equals(origin.IsDefaultPort ? origin.Host : $"{origin.Host}:{origin.Port}", request.Host.Value, StringComparison.OrdinalIgnoreCase);
}
