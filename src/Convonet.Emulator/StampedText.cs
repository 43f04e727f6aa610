using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Convonet.Emulator;

/// <summary>
/// Pieces of text that tell when they were sent, by the monotonic clock that all processes of a machine share: <c> #0000123456789012345 word</c>.
/// Every twelfth ends a sentence.
/// </summary>
public static class StampedText
{
    /// <summary>Stands before the digits.</summary>
    public const char Mark = '#';

    /// <summary>How many digits a moment has, in ticks of <see cref="Stopwatch"/>.</summary>
    public const int Digits = 19;

    /// <summary>The number of the first piece that ends a sentence.</summary>
    internal const int SentenceEnd = SentenceLength - 1;

    private const int SentenceLength = 12;
    private static readonly string NoDigits = new('0', Digits);

    /// <summary>The piece with this number, counted from 0, without its moment.</summary>
    internal static string Piece(int number) => $" {Mark}{NoDigits} word{(EndsSentence(number) ? "." : "")}";

    /// <summary>Whether the piece with this number ends a sentence.</summary>
    internal static bool EndsSentence(int number) => number % SentenceLength == SentenceEnd;

    /// <summary>Where the digits are in an event that holds a piece.</summary>
    /// <exception cref="FormatException">It holds none.</exception>
    internal static int PlaceIn(ReadOnlySpan<byte> wireEvent)
    {
        var place = wireEvent.IndexOf(Encoding.ASCII.GetBytes(NoDigits));
        return place >= 0 ? place : throw new FormatException("The event has no place for a moment.");
    }

    /// <summary>A piece that was sent now.</summary>
    internal static string PieceOfNow(int number) => Piece(number).Replace(NoDigits, Stopwatch.GetTimestamp().ToString("D19", CultureInfo.InvariantCulture), StringComparison.Ordinal);

    /// <summary>Writes the moment that it is now.</summary>
    internal static void WriteNow(Span<byte> digits) => Stopwatch.GetTimestamp().TryFormat(digits, out _, "D19", CultureInfo.InvariantCulture);
}
