using Convonet.Speech;

namespace Convonet.Agents;

/// <summary>Notices when streamed text has become something that can be said: words alone are silence to a listener until they are a clause.</summary>
internal sealed class SpeakableText
{
    private readonly SentenceSplitter _splitter = new();

    /// <summary>Adds text.</summary>
    /// <returns>Whether it completes a clause or a sentence.</returns>
    public bool Completes(string text)
    {
        _splitter.Push(text);
        var any = false;
        while (_splitter.TryTake(out var piece))
        {
            any |= piece.Text.Any(SpeechMarks.IsSpoken);
        }

        return any;
    }
}
