using System.Runtime.CompilerServices;

namespace Convonet.Models;

/// <summary>Says in a model's place what it said before, in the pieces of a stream; nobody is asked.</summary>
/// <param name="model">The model whose answer it is.</param>
/// <param name="text">The answer.</param>
internal sealed class KeptAnswer(IChatModel model, string text) : IChatModel
{
    /// <summary>Characters of a piece, about: a few words, as models send them.</summary>
    private const int Piece = 24;

    public string Provider => model.Provider;

    public string Model => model.Model;

    public async IAsyncEnumerable<ModelUpdate> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Whoever reads it goes on between two pieces, as with a stream that comes from afar.
        for (var at = 0; at < text.Length;)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            var end = EndOfPiece(at);
            yield return new ModelUpdate.TextDelta(text[at..end]);
            at = end;
        }

        yield return new ModelUpdate.Completed(FinishReason.Stop, "kept");
    }

    /// <summary>Behind the next blank, so that no word and no character is cut.</summary>
    private int EndOfPiece(int start)
    {
        var from = Math.Min(start + Piece, text.Length);
        var blank = text.IndexOf(' ', from);
        return blank < 0 ? text.Length : blank + 1;
    }
}
