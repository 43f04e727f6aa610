using System.Runtime.InteropServices;

namespace Convonet.Server.Transport;

/// <summary>Knows sound whose samples are floating-point numbers of 32 bits, as browsers' own is: taken for PCM16 it is nothing but noise. Not for concurrent use.</summary>
/// <remarks>
/// Two samples of PCM16 next to each other look like a number that a loudspeaker could play, from -1 to 1 and no smaller than the quietest noise, only where the second one
/// is loud and within a narrow band: a twelfth of all values, of either sign another one. Of real numbers nearly all do. Zeros are the same in both, and say nothing.
/// </remarks>
internal sealed class FloatSamples
{
    /// <summary>Numbers that are looked at before it is decided: 20 ms of PCM16.</summary>
    private const int Enough = 160;

    private const float Quietest = 1e-6f;
    private const uint NoNumber = 0x7FC00000;
    private const uint Infinite = 0x7F800000;

    private int _likely;
    private int _unlikely;
    private bool _are;

    /// <summary>The microphone was turned on: what was before does not count.</summary>
    public void Begin() => (_likely, _unlikely, _are) = (0, 0, false);

    /// <summary>Looks at sound.</summary>
    /// <returns>Whether its samples are floating-point numbers, as far as is known.</returns>
    public bool Are(ReadOnlySpan<byte> sound)
    {
        foreach (var bits in MemoryMarshal.Cast<byte, uint>(sound))
        {
            var value = Math.Abs(BitConverter.UInt32BitsToSingle(bits));
            if (value is >= Quietest and <= 1 || (bits & 0x7FFFFFFF) is NoNumber or Infinite)
            {
                _likely++;
            }
            else if (value != 0)
            {
                _unlikely++;
            }
        }

        if (_likely + _unlikely >= Enough)
        {
            _are = _likely > 9 * _unlikely;
            (_likely, _unlikely) = (0, 0);
        }

        return _are;
    }
}
