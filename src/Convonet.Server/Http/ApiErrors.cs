using System.Text.Json;
using System.Text.RegularExpressions;
using Convonet.Server.Store;
using Convonet.Tools;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace Convonet.Server.Http;

/// <summary>
/// Turns what endpoints throw into problem details (RFC 9457). A wrong input names its field; whatever is a bug says nothing of itself.
/// </summary>
internal sealed partial class ApiErrors(IProblemDetailsService problems) : IExceptionHandler
{
    public ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            return ValueTask.FromResult(true);
        }

        var problem = ProblemOf(exception);
        httpContext.Response.StatusCode = problem.Status!.Value;
        return problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = problem, Exception = exception });
    }

    private static ProblemDetails ProblemOf(Exception exception) => exception switch
    {
        RefusedException { Kind: Refusal.Invalid, Field: { } field } refused => Invalid(field, refused.Message),
        RefusedException refused => new ProblemDetails { Status = StatusOf(refused.Kind), Detail = refused.Message },
        ToolException refused => new ProblemDetails { Status = StatusCodes.Status400BadRequest, Detail = refused.Message },
        BadHttpRequestException { InnerException: JsonException json } => Invalid(FieldOf(json), SentenceOf(json)),
        BadHttpRequestException bad when WrongParameter().Match(bad.Message) is { Success: true } wrong => Invalid(wrong.Groups[1].Value, $"The value of '{wrong.Groups[1].Value}' does not fit."),
        BadHttpRequestException bad => new ProblemDetails { Status = bad.StatusCode, Detail = "The request could not be read." },
        UnknownUserException => new ProblemDetails { Status = StatusCodes.Status401Unauthorized },
        TimeoutException => new ProblemDetails { Status = StatusCodes.Status503ServiceUnavailable, Detail = "The store is busy. Try again." },
        StoreUnavailableException => new ProblemDetails { Status = StatusCodes.Status503ServiceUnavailable, Detail = "The store is not there at the moment. Look whether this was done before you try again." },
        _ => new ProblemDetails { Status = StatusCodes.Status500InternalServerError },
    };

    private static HttpValidationProblemDetails Invalid(string field, string message) =>
        new(new Dictionary<string, string[]> { [field] = [message] }) { Status = StatusCodes.Status400BadRequest, Detail = message };

    private static int StatusOf(Refusal kind) => kind switch
    {
        Refusal.Forbidden => StatusCodes.Status403Forbidden,
        Refusal.NotFound => StatusCodes.Status404NotFound,
        Refusal.Conflict => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status400BadRequest,
    };

    /// <summary><c>$.due_date</c> is <c>due_date</c>; empty for the body as a whole.</summary>
    private static string FieldOf(JsonException error) =>
        MissingField().Match(error.Message) is { Success: true } missing ? missing.Groups[1].Value : error.Path?.TrimStart('$').TrimStart('.') ?? "";

    /// <summary>The exception's own text names types of ours.</summary>
    private static string SentenceOf(JsonException error) =>
        MissingField().IsMatch(error.Message) ? $"The field '{FieldOf(error)}' is missing."
        : FieldOf(error) is { Length: > 0 } field ? $"The value of '{field}' does not fit, or there is no such field."
        : "The body is not the JSON object that is expected.";

    /// <summary>The exception tells which field is missing in its text alone.</summary>
    [GeneratedRegex("missing required properties including: '([^']+)'")]
    private static partial Regex MissingField();

    /// <summary>As above, for what stands in the address.</summary>
    [GeneratedRegex("^Failed to bind parameter \"[^\"]* (\\w+)\"")]
    private static partial Regex WrongParameter();
}
