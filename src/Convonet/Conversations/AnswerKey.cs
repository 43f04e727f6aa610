using System.Security.Cryptography;
using System.Text;
using Convonet.Models;
using Microsoft.Extensions.AI;

namespace Convonet.Conversations;

/// <summary>All that a first answer depends on. Another provider, model, prompt, set of tools or question is another key.</summary>
/// <remarks>The language needs no field of its own: all that models are told of it is in the prompt and in the question.</remarks>
/// <param name="Scope">Empty for what may be given to all; otherwise the user, and the hour on the user's clock.</param>
/// <param name="Hash">SHA-256 over all of it, in hexadecimal.</param>
public sealed record AnswerKey(string Scope, string Hash)
{
    private const string Version = "2";

    /// <summary>Whether the answer may be given to any user.</summary>
    public bool IsShared => Scope.Length == 0;

    /// <summary>The key of an answer that was made without anything of a user: for the operator's common questions.</summary>
    /// <param name="model">The model.</param>
    /// <param name="instructions">Its instructions, without what is told of a user.</param>
    /// <param name="tools">The tools that it was told of.</param>
    /// <param name="question">What was asked.</param>
    public static AnswerKey Shared(IChatModel model, string instructions, IReadOnlyList<AIFunctionDeclaration> tools, string question) =>
        Of("", model, instructions, tools, question);

    /// <summary>The key of an answer to one user: nobody else's, whatever they are called, and none of another hour, because models greet by the time of day.</summary>
    internal static AnswerKey Own(string user, UserTold told, IChatModel model, string instructions, IReadOnlyList<AIFunctionDeclaration> tools, string question) =>
        Of($"{user} {HourOf(told.Moment)}", model, instructions, tools, question);

    /// <summary>A question without what makes no difference: case, blanks, an opening <c>¿</c>, and one <c>?</c> or <c>.</c> at its end.</summary>
    /// <remarks>
    /// Every other mark may be part of what is asked (<c>5!</c>, <c>C#</c>, <c>.NET</c>): a miss only costs a model call. Letters that Unicode writes in several ways stay as they
    /// were sent, so <c>é</c> and <c>e</c> with an accent behind it are two keys: with <c>InvariantGlobalization</c> <see cref="string.Normalize()"/> changes nothing.
    /// </remarks>
    internal static string Normalise(string question)
    {
        var words = string.Join(' ', question.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimStart('¿');
        return words is [.. var asked, '?' or '.'] ? asked.TrimEnd() : words;
    }

    /// <summary>Date, hour and zone of "Now: 2026-11-25T10:41+01:00 (Wednesday), time zone Europe/Zurich."</summary>
    private static string HourOf(string moment)
    {
        var minute = moment.IndexOf(':', Math.Min(moment.Length, "Now: ".Length));
        return minute < 0 || minute + 3 > moment.Length ? moment : moment.Remove(minute, 3);
    }

    private static AnswerKey Of(string scope, IChatModel model, string instructions, IReadOnlyList<AIFunctionDeclaration> tools, string question)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in (IEnumerable<string>)[Version, scope, model.Provider, model.Model, instructions, .. tools.SelectMany(PartsOf), Normalise(question)])
        {
            // The length keeps parts apart, whatever is in them.
            hash.AppendData(BitConverter.GetBytes(part.Length));
            hash.AppendData(Encoding.UTF8.GetBytes(part));
        }

        return new AnswerKey(scope, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static IEnumerable<string> PartsOf(AIFunctionDeclaration tool) => [tool.Name, tool.Description, tool.JsonSchema.GetRawText()];
}
