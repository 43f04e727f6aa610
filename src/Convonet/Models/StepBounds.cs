namespace Convonet.Models;

/// <summary>How much a model may ask for in one step: more is a fault, not a request, and ends the step.</summary>
internal struct StepBounds
{
    /// <summary>The most calls of a step. Far fewer run; each is written down and answered.</summary>
    public const int MaxCalls = 128;

    /// <summary>The most characters that the arguments of a step's calls and its kept thoughts have together.</summary>
    public const int MaxLength = 1024 * 1024;

    private int _length;

    /// <summary>How many calls there were.</summary>
    public int Calls { get; private set; }

    /// <summary>Counts the next call.</summary>
    /// <returns>Its ordinal, from 0.</returns>
    /// <exception cref="ModelException">It is one too many.</exception>
    public int Begin() => Calls < MaxCalls
        ? Calls++
        : throw new ModelException(ModelErrorKind.Protocol, $"The model asked for more than {MaxCalls} calls in one step.");

    /// <summary>Counts a piece of a call's arguments, or of thoughts that are to go back to their provider, in characters.</summary>
    /// <exception cref="ModelException">It is too much.</exception>
    public void Add(int length)
    {
        _length = _length <= MaxLength - length
            ? _length + length
            : throw new ModelException(ModelErrorKind.Protocol, $"The thoughts of a step and the arguments of its calls are longer than {MaxLength} characters.");
    }
}
