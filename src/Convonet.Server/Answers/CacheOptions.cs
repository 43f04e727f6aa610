using System.ComponentModel.DataAnnotations;

namespace Convonet.Server.Answers;

/// <summary>Answers that are kept, to give them again. See <c>docs/decisions/0017-which-answers-are-kept.md</c>.</summary>
public sealed class CacheOptions : IValidatableObject
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Convonet:Cache";

    private const int MostQuestions = 200;
    private const int LongestQuestion = 500;

    /// <summary>Common questions: a model is asked them at the start, and where tools come up later, without anything of a user, and its answers are given to everybody whose conversation begins with one of them.</summary>
    /// <value>None by default; at most 200 of at most 500 characters.</value>
    public IList<string> Questions { get; } = [];

    /// <summary>Whether the answer to the first message of a conversation is kept for its user, when no tool was used.</summary>
    /// <value>False by default: a user who asks the same again may want another answer.</value>
    public bool FirstTurns { get; set; }

    /// <summary>How long an answer to a common question is given.</summary>
    /// <value>24 h by default; 1 min to 30 days.</value>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long an answer to a user's own first message is given again; never past the hour.</summary>
    /// <value>10 min by default; 1 s to 1 h.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan OwnLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How much is kept in memory, in MB.</summary>
    /// <value>16 by default.</value>
    [Range(1, 4_096)]
    public int MaxMegabytes { get; set; } = 16;

    /// <summary>Redis as a second level for common questions, which all nodes share, as StackExchange.Redis writes it.</summary>
    /// <value>The cluster's by default; none without a cluster.</value>
    public string? Redis { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Questions.Count > MostQuestions)
        {
            yield return new ValidationResult($"{Section}:{nameof(Questions)} has {Questions.Count} questions; at most {MostQuestions} are kept.");
        }

        foreach (var (index, question) in Questions.Index())
        {
            if (string.IsNullOrWhiteSpace(question) || question.Length > LongestQuestion)
            {
                yield return new ValidationResult($"{Section}:{nameof(Questions)}:{index} must have from 1 to {LongestQuestion} characters.");
            }
        }
    }
}
