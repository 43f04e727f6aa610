namespace Convonet.Server.Http;

/// <summary>Endpoints with parameters that may be left out and are no text.</summary>
internal static class OptionalParameters
{
    /// <summary>
    /// Maps such an endpoint. The code that the generator writes refuses a wrong value of theirs without naming it; behind this call it does not see the
    /// endpoint, and the framework reads the parameters as it does without the generator.
    /// </summary>
#pragma warning disable RDG002 // It tells that the endpoint is not seen.
    public static RouteHandlerBuilder MapGetWithOptions(this IEndpointRouteBuilder endpoints, string pattern, Delegate handler) => endpoints.MapGet(pattern, handler);
#pragma warning restore RDG002
}
