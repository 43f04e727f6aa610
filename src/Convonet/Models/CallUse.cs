namespace Convonet.Models;

/// <summary>What one model call uses: as its provider tells, and as far as that is not all, as its text lets one guess. One thread writes it, any may read it.</summary>
/// <param name="request">What the model was asked.</param>
public sealed class CallUse(ModelRequest request)
{
    private volatile ModelUpdate.Usage? _told;
    private volatile bool _isComplete;
    private long _written; // quarters of a token

    /// <summary>What the provider told last; null when it has told nothing.</summary>
    public ModelUpdate.Usage? Told => _told;

    /// <summary>Whether <see cref="Told"/> is all of it: the answer came to its end. What tells before the end of one that was cut off leaves out what was written since.</summary>
    public bool IsTold => _isComplete && _told is not null;

    /// <summary>Whether anything came of it.</summary>
    public bool HasBegun => _told is not null || Volatile.Read(ref _written) > 0;

    /// <summary>Takes notice of a piece of the answer.</summary>
    public void Saw(ModelUpdate update)
    {
        switch (update)
        {
            case ModelUpdate.TextDelta text:
                Wrote(text.Text);
                break;
            case ModelUpdate.ToolArgumentsDelta piece:
                Wrote(piece.Json);
                break;
            case ModelUpdate.Usage usage:
                _told = usage;
                break;
            case ModelUpdate.Completed:
                _isComplete = true;
                break;
        }
    }

    /// <summary>All of it: what was told where it is more, otherwise what the texts of request and answer come to (<see cref="TokenEstimate"/>). Reasoning that nobody sees is not in a guess.</summary>
    internal ModelUpdate.Usage Guess()
    {
        var told = _told ?? new ModelUpdate.Usage(0, 0);
        return told with
        {
            InputTokens = told.InputTokens > 0 ? told.InputTokens : TokenEstimate.Tokens(request.Quarters),
            OutputTokens = Math.Max(told.OutputTokens, TokenEstimate.Tokens(Volatile.Read(ref _written))),
        };
    }

    private void Wrote(string text) => Volatile.Write(ref _written, _written + TokenEstimate.QuartersOf(text));
}
