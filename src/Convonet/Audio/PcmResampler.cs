using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Convonet.Audio;

/// <summary>Changes the rate of a stream of samples, piece by piece, by a windowed sinc; one object for one stream.</summary>
/// <remarks>It is for the rare stream of another rate (a fallback voice, a clip), so it is simple before it is fast.</remarks>
internal sealed class PcmResampler
{
    // Zero crossings of the sinc on each side: about 60 dB of rejection with this window, more than a voice needs.
    private const int HalfWidth = 16;

    private readonly int _from;
    private readonly int _to;
    private readonly double _cutoff;
    private readonly int _reach;
    private readonly List<short> _input;

    /// <summary>Where the next output sample lies in the input that is kept, in parts of <c>1 / _to</c> of an input sample: whole numbers do not drift.</summary>
    private long _position;
    private byte? _half;

    /// <summary>Begins a stream.</summary>
    /// <param name="from">What comes in.</param>
    /// <param name="to">What goes out.</param>
    public PcmResampler(PcmFormat from, PcmFormat to)
    {
        _from = from.SampleRate;
        _to = to.SampleRate;

        // Going down, what the lower rate cannot carry is filtered out.
        _cutoff = Math.Min(1, (double)_to / _from);
        _reach = (int)Math.Ceiling(HalfWidth / _cutoff);
        _input = [.. new short[_reach]];
        _position = (long)_reach * _to;
    }

    /// <summary>Takes samples and gives those that are due.</summary>
    /// <param name="pcm">Samples; the last may be half.</param>
    public byte[] Push(ReadOnlySpan<byte> pcm)
    {
        if (_half is { } half && !pcm.IsEmpty)
        {
            _input.Add((short)(half | (pcm[0] << 8)));
            _half = null;
            pcm = pcm[1..];
        }

        for (; pcm.Length >= PcmFormat.BytesPerSample; pcm = pcm[PcmFormat.BytesPerSample..])
        {
            _input.Add(BinaryPrimitives.ReadInt16LittleEndian(pcm));
        }

        _half = pcm.IsEmpty ? _half : pcm[0];
        return Produce();
    }

    /// <summary>Gives the samples that were held back for their neighbours; the stream is over.</summary>
    public byte[] Flush()
    {
        _input.AddRange(new short[_reach]);
        return Produce();
    }

    private byte[] Produce()
    {
        var input = CollectionsMarshal.AsSpan(_input);
        var due = ((long)(input.Length - _reach) * _to) - _position;
        var count = (int)Math.Max(0, (due + _from - 1) / _from);
        var output = new byte[count * PcmFormat.BytesPerSample];
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(output.AsSpan(i * PcmFormat.BytesPerSample), At(input, (_position + ((long)i * _from)) / (double)_to));
        }

        _position += (long)count * _from;
        var done = (int)Math.Clamp((_position / _to) - _reach, 0, _input.Count);
        _input.RemoveRange(0, done);
        _position -= (long)done * _to;
        return output;
    }

    private short At(ReadOnlySpan<short> input, double position)
    {
        var sum = 0.0;
        var first = Math.Max(0, (int)Math.Ceiling(position - _reach));
        var last = Math.Min(input.Length - 1, (int)Math.Floor(position + _reach));
        for (var i = first; i <= last; i++)
        {
            var distance = (i - position) * _cutoff;
            var window = 0.5 + (0.5 * Math.Cos(Math.PI * distance / HalfWidth));
            sum += input[i] * _cutoff * window * (Math.Abs(distance) < 1e-9 ? 1 : Math.Sin(Math.PI * distance) / (Math.PI * distance));
        }

        return (short)Math.Clamp(Math.Round(sum), short.MinValue, short.MaxValue);
    }
}
