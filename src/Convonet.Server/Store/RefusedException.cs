using Convonet.Tools;

namespace Convonet.Server.Store;

/// <summary>Why something that a user asked for is not done; an endpoint answers with the status that fits.</summary>
internal enum Refusal
{
    /// <summary>What they wrote cannot be meant.</summary>
    Invalid,

    /// <summary>They see it, but may not do this to it.</summary>
    Forbidden,

    /// <summary>It is not there, or not for them: nobody can tell which.</summary>
    NotFound,

    /// <summary>It was right, but does not fit what is there now.</summary>
    Conflict,
}

/// <summary>Refuses, for tools and endpoints alike: the message is one sentence for people and models.</summary>
/// <param name="kind">Why.</param>
/// <param name="message">One sentence that says what is wrong and, if possible, what to do.</param>
/// <param name="field">The field or parameter that is wrong, as callers name it.</param>
internal sealed class RefusedException(Refusal kind, string message, string? field = null) : ToolException(message)
{
    /// <summary>Why.</summary>
    public Refusal Kind { get; } = kind;

    /// <summary>The field or parameter that is wrong; null when it is none or not known.</summary>
    public string? Field { get; } = field;

    /// <summary>A field holds what cannot be meant.</summary>
    public static RefusedException Invalid(string field, string message) => new(Refusal.Invalid, message, field);

    /// <summary>There is no such thing, or it is somebody else's: the same words for both.</summary>
    /// <param name="kind">The word for it, for example <c>todo</c>.</param>
    public static RefusedException NotFound(string kind) => new(Refusal.NotFound, $"There is no {kind} with this id.");

    /// <summary>The user may not do this.</summary>
    public static RefusedException Forbidden(string message) => new(Refusal.Forbidden, message);

    /// <summary>It does not fit what is there.</summary>
    public static RefusedException Conflict(string message) => new(Refusal.Conflict, message);

    /// <summary>Reads a field; what is wrong with it names the field.</summary>
    public static T In<T>(string field, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ToolException error) when (error is not RefusedException)
        {
            throw Invalid(field, error.Message);
        }
    }
}
