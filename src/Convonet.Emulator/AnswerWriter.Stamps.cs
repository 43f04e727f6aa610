using System.Diagnostics;
using System.IO.Pipelines;
using System.Text;
using Convonet.Emulator.Scripts;

namespace Convonet.Emulator;

/// <summary>
/// Text that tells when it was sent. It is made once and only the moment is written anew, so that the emulator costs next to nothing and is not what is
/// measured; faults count none of it, and OpenAI's sequence numbers stand still meanwhile.
/// </summary>
internal sealed partial class AnswerWriter
{
    /// <summary>What is sent at once where there is no gap, as a busy network hands it over.</summary>
    private const int BatchBytes = 16 * 1024;

    private async Task<bool> StampAsync(ScriptStep.StampsStep stamps, CancellationToken cancellationToken)
    {
        // The first piece opens what the provider opens before text.
        if (stamps.Count < 1 || !await SendAllAsync(encoder.Text(StampedText.PieceOfNow(0)), cancellationToken))
        {
            return stamps.Count < 1;
        }

        StampedEvent? plain = null, last = null;
        var body = context.Response.BodyWriter;
        var (begun, unsent) = (Stopwatch.GetTimestamp(), 0);
        for (var number = 1; number < stamps.Count; number++)
        {
            if (stamps.Gap > TimeSpan.Zero)
            {
                await WaitAsync((number * stamps.Gap) - Stopwatch.GetElapsedTime(begun), cancellationToken);
            }

            var template = StampedText.EndsSentence(number) ? last ??= Template(number) : plain ??= Template(number);
            template.WriteNow(body);
            unsent += template.Length;
            if (stamps.Gap > TimeSpan.Zero || unsent >= BatchBytes || number == stamps.Count - 1)
            {
                await body.FlushAsync(cancellationToken);
                unsent = 0;
            }
        }

        // The encoder has made the first of each kind itself.
        encoder.Said(string.Concat(Enumerable.Range(2, Math.Max(0, stamps.Count - 2)).Where(static number => number != StampedText.SentenceEnd).Select(StampedText.Piece)));
        return true;
    }

    private StampedEvent Template(int number) => new(Encoding.UTF8.GetBytes(encoder.Text(StampedText.Piece(number)).Single().Text));

    /// <summary>An event with a place for the moment.</summary>
    private sealed class StampedEvent(byte[] bytes)
    {
        private readonly int _place = StampedText.PlaceIn(bytes);

        public int Length => bytes.Length;

        public void WriteNow(PipeWriter body)
        {
            var span = body.GetSpan(bytes.Length);
            bytes.CopyTo(span);
            StampedText.WriteNow(span.Slice(_place, StampedText.Digits));
            body.Advance(bytes.Length);
        }
    }
}
