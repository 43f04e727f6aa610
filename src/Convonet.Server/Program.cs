using System.Text.RegularExpressions;
using Convonet.Tools;
using Microsoft.AspNetCore.Connections;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Convonet.Server;

internal static partial class Program
{
    private const string HowDurationsAreWritten = "Durations are written hh:mm:ss: 00:00:05 is five seconds, and 5 is five days.";

    private const string Usage = """
        Usage: Convonet.Server [--OPTION VALUE]...

          --urls http://localhost:5080       where it listens
          --contentRoot FOLDER               the folder with appsettings.json and wwwroot
          --Convonet:Database "Data Source=convonet.db"
                                             SQLite's file, or PostgreSQL's connection string
          --Convonet:Provider claude         any option that begins with Convonet:

        README.md lists the options. Each may also be in appsettings.json, or in the environment: Convonet__Provider=claude.
        """;

    internal static async Task<int> Main(string[] args)
    {
        if (args is ["--help" or "-h" or "-?"])
        {
            await Console.Out.WriteLineAsync(Usage);
            return 0;
        }

        WebApplication app;
        try
        {
            app = await StartAsync(args);
        }
        catch (Exception error)
        {
            // The border: whoever starts it needs to know what is in the way, in one line, and not where in the code that was noticed.
            await Console.Error.WriteLineAsync($"Convonet cannot start: {OneLine(WhyOf(error))}");
            return 1;
        }

        await using (app)
        {
            await app.WaitForShutdownAsync();
        }

        return 0;
    }

    private static async Task<WebApplication> StartAsync(string[] args)
    {
        var app = await ServerHost.BuildAsync(args);
        try
        {
            await app.StartAsync();
            return app;
        }
        catch
        {
            // A background service whose task has not begun yet is cancelled by this; the host takes that for a fault, and logs it, unless it is told to stop.
            app.Lifetime.StopApplication();
            await app.DisposeAsync();
            throw;
        }
    }

    private static string WhyOf(Exception error) => error switch
    {
        OptionsValidationException invalid => string.Join(" ", invalid.Failures.Select(failure => InOurWords(failure, invalid.OptionsType)).Concat(invalid.Failures.Any(Duration().IsMatch) ? [HowDurationsAreWritten] : [])),

        // These say only that there is another error, and the third in which file.
        AggregateException { InnerException: { } inner } => WhyOf(inner),
        TypeInitializationException { InnerException: { } inner } => WhyOf(inner),
        DbUpdateException { InnerException: { } inner } => WhyOf(inner),
        IOException { InnerException: AddressInUseException } => $"{error.Message} Stop what listens there, or name another address: --urls http://localhost:5081.",
        InvalidOperationException when Conversion().Match(error.Message) is { Success: true } found => NotConverted(found),
        InvalidDataException { InnerException: { } inner } => $"{error.Message} {inner.GetBaseException().Message}",
        _ => error.Message,
    };

    /// <summary>The framework names a class and a property, which nobody who sets an option has ever seen.</summary>
    private static string InOurWords(string failure, Type options) =>
        Framework().Match(failure) is { Success: true } found && options.GetField("Section")?.GetRawConstantValue() is string section
            ? found.Groups["member"].Value is { Length: > 0 } member ? $"{section}:{member}: {found.Groups["why"].Value}" : found.Groups["why"].Value
            : failure;

    /// <summary>The configuration's own words name a type of .NET.</summary>
    private static string NotConverted(Match found)
    {
        var (value, path) = (found.Groups["value"].Value, found.Groups["path"].Value);
        return found.Groups["type"].Value switch
        {
            "System.TimeSpan" => $"{path} is '{value}', which is no duration. {HowDurationsAreWritten}",
            "System.Boolean" => $"{path} is '{value}': it must be true or false.",
            "System.Double" or "System.Decimal" or "System.Single" => $"{path} is '{value}', which is no number (1.5, without a unit).",
            "System.Int32" or "System.Int64" => $"{path} is '{value}', which is no whole number.",
            var other => WordsOf(other) is { Length: > 0 } words ? $"{path} is '{value}': it must be one of {string.Join(", ", words)}." : $"{path} is '{value}', which is no {other[(other.LastIndexOf('.') + 1)..]}.",
        };
    }

    /// <summary>What an option may be that is one of some words.</summary>
    private static string[] WordsOf(string type) =>
        (typeof(Program).Assembly.GetType(type) ?? typeof(ToolOptions).Assembly.GetType(type)) is { IsEnum: true } words ? Enum.GetNames(words) : [];

    [GeneratedRegex("^Failed to convert configuration value '(?<value>.*)' at '(?<path>[^']*)' to type '(?<type>[^']*)'")]
    private static partial Regex Conversion();

    [GeneratedRegex("^DataAnnotation validation failed for '[^']*' members: '(?<member>[^']*)' with the error: '(?<why>.*)'\\.$")]
    private static partial Regex Framework();

    /// <summary>What tells how long something may be.</summary>
    [GeneratedRegex(@"\b\d\d:\d\d:\d\d\b|\b\d+ (?:ms|min)\b")]
    private static partial Regex Duration();

    private static string OneLine(string text) => string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
