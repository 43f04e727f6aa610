using System.Text.Json;
using System.Text.Json.Serialization;

namespace Convonet.Server.Http;

/// <summary>What all endpoints under <c>/api</c> have in common.</summary>
internal static class ApiSetup
{
    /// <summary>Adds the endpoints' JSON (snake_case; an unknown field is an error) and their errors (problem details).</summary>
    public static void AddApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            options.SerializerOptions.RespectNullableAnnotations = true;
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);

        // The id of a request would tell two answers apart that must be the same.
        services.AddProblemDetails(options => options.CustomizeProblemDetails = static context => context.ProblemDetails.Extensions.Remove("trace_id"));
        services.AddExceptionHandler<ApiErrors>();
        services.AddOpenApiDocument();
    }

    /// <summary>Answers what endpoints under <c>/api</c> throw with problem details.</summary>
    public static void UseApiErrors(this IApplicationBuilder app) =>
        app.UseWhen(static context => context.Request.Path.StartsWithSegments("/api"), static api => api.UseExceptionHandler());
}
