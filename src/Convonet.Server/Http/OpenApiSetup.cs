using Convonet.Server.Accounts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
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

    private static readonly Dictionary<string, string> Reasons = new()
    {
        ["400"] = "What was sent cannot be meant; errors names the field.",
        ["401"] = "Nobody is signed in.",
        ["403"] = "The user may not do this.",
        ["404"] = "There is no such thing for this user.",
        ["409"] = "It does not fit what is there now.",
    };

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
                + "Names are in snake_case, and one that is not in this document is refused, in a query as in a body; ids are UUIDs, instants are in UTC, and dates without an offset are on the user's clock. Errors are problem details (RFC 9457). "
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
        AllowMoreInAnswers(document);
        return Task.CompletedTask;
    }

    private static async Task CompleteAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var (description, document) = (context.Description, context.Document!);
        var method = description.HttpMethod ?? HttpMethods.Get;
        operation.OperationId ??= NameOf(method, description.RelativePath ?? "");
        foreach (var id in InPath(operation).Where(parameter => IsId(description, parameter.Name)))
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

        await AddAsync(StatusCodes.Status400BadRequest, operation.RequestBody is not null || operation.Parameters?.Any(parameter => parameter.In == ParameterLocation.Query) is true);
        await AddAsync(StatusCodes.Status401Unauthorized, !isOpen);
        await AddAsync(StatusCodes.Status404NotFound, InPath(operation).Any());
        foreach (var (status, response) in operation.Responses ?? [])
        {
            response.Description = Reasons.GetValueOrDefault(status, response.Description ?? "");
        }

        async Task AddAsync(int status, bool applies)
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
                Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(type.Name, document) } },
            };
        }
    }

    private static IEnumerable<OpenApiParameter> InPath(OpenApiOperation operation) =>
        (operation.Parameters ?? []).OfType<OpenApiParameter>().Where(parameter => parameter.In == ParameterLocation.Path);

    private static bool IsId(ApiDescription description, string? name) => description.ParameterDescriptions
        .Any(parameter => parameter.Name == name && (parameter.ParameterDescriptor?.ParameterType ?? parameter.Type) == typeof(PathId));

    /// <summary>Fields that nobody knows are refused in what is sent; what is answered may have more of them one day.</summary>
    private static void AllowMoreInAnswers(OpenApiDocument document)
    {
        var sent = document.Paths.Values.SelectMany(path => path.Operations ?? [])
            .SelectMany(operation => operation.Value.RequestBody?.Content?.Values ?? [])
            .Select(content => content.Schema).OfType<OpenApiSchemaReference>().Select(schema => schema.Reference.Id).ToHashSet();
        foreach (var (name, schema) in document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>())
        {
            if (schema is OpenApiSchema own && !sent.Contains(name))
            {
                own.AdditionalPropertiesAllowed = true;
            }
        }
    }

    /// <summary><c>PATCH api/teams/{id}/members/{user_id}</c> is <c>patch_teams_id_members_user_id</c>.</summary>
    private static string NameOf(string method, string path) =>
        string.Join('_', path.Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(part => part.Trim('{', '}').Replace('-', '_').Replace('.', '_')).Prepend(method.ToLowerInvariant()));
}
