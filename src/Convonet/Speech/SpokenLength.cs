using Convonet.Audio;

namespace Convonet.Speech;

/// <summary>Tells by its length that speech is of another rate than the one asked for: no provider's plain samples say their rate.</summary>
/// <remarks>
/// A factor of two is noticed, in sentences of 40 to 120 letters, the longer the faster the voice is; half as much again, or less, is within what voices differ by: they read
/// 45 to 80 ms a letter, pauses at marks not counted. Digits, capitals and letters of other scripts may be words of their own.
/// </remarks>
internal sealed class SpokenLength
{
    private const int LeastPlain = 40;
    private static readonly TimeSpan Around = TimeSpan.FromSeconds(0.8);
    private static readonly TimeSpan SlowestPlain = TimeSpan.FromMilliseconds(90);
    private static readonly TimeSpan SlowestOther = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FastestPlain = TimeSpan.FromMilliseconds(36);

    private readonly string _provider;
    private readonly long _most;
    private readonly long _least;
    private long _bytes;

    /// <summary>Begins without sound.</summary>
    /// <param name="text">What is spoken.</param>
    /// <param name="format">The rate that was asked for.</param>
    /// <param name="provider">Name for messages.</param>
    public SpokenLength(string text, PcmFormat format, string provider)
    {
        var plain = text.Count(static character => character == ' ' || char.IsLower(character));
        _provider = provider;
        _most = PcmFormat.BytesPerSample * format.SamplesIn(Around + (plain * SlowestPlain) + ((text.Length - plain) * SlowestOther));
        _least = plain < LeastPlain ? 0 : PcmFormat.BytesPerSample * format.SamplesIn(plain * FastestPlain);
    }

    /// <summary>Counts sound.</summary>
    /// <exception cref="SpeechException">It is longer than anybody speaks.</exception>
    public void Add(int bytes)
    {
        _bytes += bytes;
        if (_bytes > _most)
        {
            throw new SpeechException(SpeechErrorKind.WrongRate, $"{_provider} speaks much too slowly: at a higher rate than it was asked for.");
        }
    }

    /// <summary>The text is over; without any sound that is for others to say.</summary>
    /// <exception cref="SpeechException">It is shorter than anybody speaks.</exception>
    public void End()
    {
        if (_bytes > 0 && _bytes < _least)
        {
            throw new SpeechException(SpeechErrorKind.WrongRate, $"{_provider} speaks much too fast: at a lower rate than it was asked for.");
        }
    }
}
