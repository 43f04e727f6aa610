using System.Runtime.CompilerServices;
using Convonet.Server.Store;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Convonet.Server.Http;

/// <summary>Refuses what stands in a query and no endpoint reads there: a misspelt name would be an answer to another question than was asked.</summary>
internal static class KnownParameters
{
    private static readonly ConditionalWeakTable<Endpoint, string[]> Names = [];

    /// <summary>Lets only requests through whose query has nothing but what the API's document names.</summary>
    public static RouteGroupBuilder WithKnownParametersOnly(this RouteGroupBuilder group)
    {
        group.AddEndpointFilter(static (context, next) =>
        {
            if (context.HttpContext is { Request.Query: { Count: > 0 } query } http && http.GetEndpoint() is RouteEndpoint endpoint)
            {
                var known = Names.GetValue(endpoint, one => NamesOf((RouteEndpoint)one, http));
                if (query.Keys.FirstOrDefault(name => !known.Contains(name, StringComparer.OrdinalIgnoreCase)) is { } unknown)
                {
                    throw RefusedException.Invalid(unknown, $"There is no parameter '{unknown}' here. {(known.Length == 0 ? "There are none." : $"There are: {string.Join(", ", known)}.")}");
                }
            }

            return next(context);
        });
        return group;
    }

    private static string[] NamesOf(RouteEndpoint endpoint, HttpContext http)
    {
        var path = endpoint.RoutePattern.RawText!.Trim('/');
        return
        [
            .. http.RequestServices.GetRequiredService<IApiDescriptionGroupCollectionProvider>().ApiDescriptionGroups.Items
                .SelectMany(static group => group.Items)
                .Where(one => one.HttpMethod == http.Request.Method && one.RelativePath?.Trim('/') == path)
                .SelectMany(static one => one.ParameterDescriptions)
                .Where(static parameter => parameter.Source == BindingSource.Query)
                .Select(static parameter => parameter.Name),
        ];
    }
}
