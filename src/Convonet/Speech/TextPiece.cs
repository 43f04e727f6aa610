namespace Convonet.Speech;

/// <summary>A piece of a turn's shown text, cut where a speaker would pause.</summary>
/// <param name="Start">Where it begins in the shown text, in UTF-16 units.</param>
/// <param name="Text">The piece, with its white space: all pieces joined are the shown text.</param>
internal readonly record struct TextPiece(int Start, string Text);
