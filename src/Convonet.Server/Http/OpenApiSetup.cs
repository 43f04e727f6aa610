using Convonet.Server.Accounts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Convonet.Server.Http;

/// <summary>The document that describes the endpoints under <c>/api</c>, at <c>/openapi/v1.json</c>.</summary>
internal static class OpenApiSetup
{
    /// <summary>Where the document is.</summary>
    public const string Path = "/openapi/v1.json";

    private const string Version = "v1";
    private const string Cookie = "cookie";
    private const string Bearer = "bearer";

    public static void AddOpenApiDocument(this IServiceCollection services) => services.AddOpenApi(Version, options =>
    {
        options.ShouldInclude = static description => description.RelativePath?.StartsWith("api/", StringComparison.Ordinal) is true;
        options.AddDocumentTransformer(DescribeAsync);
        options.AddOperationTransformer(CompleteAsync);
    });

    private static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Convonet",
            Version = Version,
            Description = "Todos, reminders, calendar, teams and accounts: the same things, under the same rules, that the assistant's tools reach. "
                + "Names are in snake_case, ids are UUIDs, instants are in UTC, and dates without an offset are on the user's clock. Errors are problem details (RFC 9457). "
                + "A server that only its own machine reaches needs no credentials: its requests are its owner's.",
        };
        document.Servers = [];
        document.AddComponent<IOpenApiSecurityScheme>(Cookie, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Cookie,
            Name = AccountSetup.CookieName,
            Description = "The page's cookie, from POST /api/account/login.",
        });
        document.AddComponent<IOpenApiSecurityScheme>(Bearer, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "For clients that are no page: a token from POST /api/account/token.",
        });
        return Task.CompletedTask;
    }

    private static async Task CompleteAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var (description, document) = (context.Description, context.Document!);
        var method = description.HttpMethod ?? HttpMethods.Get;
        operation.OperationId ??= NameOf(method, description.RelativePath ?? "");
        var ids = (operation.Parameters ?? []).OfType<OpenApiParameter>().Where(parameter => parameter.In == ParameterLocation.Path).ToArray();
        foreach (var id in ids)
        {
            id.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" };
        }

        var isOpen = description.ActionDescriptor.EndpointMetadata.OfType<IAllowAnonymous>().Any();
        if (!isOpen)
        {
            operation.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Cookie, document)] = [] },
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] },
            ];
        }

        var writes = !HttpMethods.IsGet(method);
        await AddAsync(StatusCodes.Status400BadRequest, "What was sent cannot be meant; errors names the field.", operation.RequestBody is not null || operation.Parameters?.Count > ids.Length);
        await AddAsync(StatusCodes.Status401Unauthorized, "Nobody is signed in.", !isOpen);
        await AddAsync(StatusCodes.Status403Forbidden, "The user may not do this.", !isOpen && writes);
        await AddAsync(StatusCodes.Status404NotFound, "There is no such thing for this user.", ids.Length > 0);
        await AddAsync(StatusCodes.Status409Conflict, "It does not fit what is there now.", !isOpen && writes);

        async Task AddAsync(int status, string why, bool applies)
        {
            operation.Responses ??= [];
            if (!applies || operation.Responses.ContainsKey($"{status}"))
            {
                return;
            }

            var type = status == StatusCodes.Status400BadRequest ? typeof(HttpValidationProblemDetails) : typeof(ProblemDetails);
            document.AddComponent(type.Name, await context.GetOrCreateSchemaAsync(type, cancellationToken: cancellationToken));
            operation.Responses[$"{status}"] = new OpenApiResponse
            {
                Description = why,
                Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(type.Name, document) } },
            };
        }
    }

    /// <summary><c>PATCH api/teams/{id}/members/{userId}</c> is <c>patch_teams_id_members_userId</c>.</summary>
    private static string NameOf(string method, string path) =>
        string.Join('_', path.Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(part => part.Trim('{', '}').Replace('-', '_').Replace('.', '_')).Prepend(method.ToLowerInvariant()));
}
