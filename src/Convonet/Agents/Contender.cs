using Convonet.Models;

namespace Convonet.Agents;

/// <summary>An attempt that has not been claimed: what it says is kept until it is, or is thrown away.</summary>
/// <param name="attempt">The attempt.</param>
/// <param name="mostText">So much text is enough, also of white space: nothing is kept without end.</param>
internal sealed class Contender(ModelAttempt attempt, int mostText)
{
    private readonly List<ModelUpdate> _said = [];
    private readonly SpeakableText _speakable = new();
    private FinishReason? _ended;
    private bool _hasWords;
    private bool _hasClause;
    private bool _hasCall;
    private int _length;

    public ModelAttempt Attempt => attempt;

    /// <summary>What it said, in order.</summary>
    public IReadOnlyList<ModelUpdate> Said => _said;

    /// <summary>Whether nothing has come of it that could be an answer, or a part of one. White space is nothing.</summary>
    public bool HasShownNothing => !_hasWords && _ended is null && !_said.Any(update => update is ModelUpdate.ToolCallStarted or ModelUpdate.ToolCallReady);

    /// <summary>Whether it ended without an answer, so that the other one's counts.</summary>
    public bool EndedInNothing => _ended == FinishReason.MalformedToolCall || (_ended is not null && !_hasWords && !_hasCall);

    public void Add(ModelUpdate update)
    {
        _said.Add(update);
        switch (update)
        {
            case ModelUpdate.TextDelta text:
                _length += text.Text.Length;
                _hasWords |= !text.IsBlank;
                _hasClause |= _speakable.Completes(text.Text);
                break;
            case ModelUpdate.ToolCallReady:
                _hasCall = true;
                break;
            case ModelUpdate.Completed completed:
                _ended = completed.Reason;
                break;
        }
    }

    /// <summary>Whether the step becomes this attempt's: at its first words where it is alone, at something that can be said or done where it has a rival, and at its end or its bound.</summary>
    public bool MayClaim(bool isAlone) => _hasCall || _hasClause || _ended is not null || _length > mostText || (isAlone && _hasWords);
}
