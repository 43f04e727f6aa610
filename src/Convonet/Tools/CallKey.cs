using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Convonet.Tools;

/// <summary>Names one tool call for good: the same after a crash, after a retry and for whoever runs it. All of it is ours, nothing comes from a model.</summary>
/// <param name="User">Id of the user whom the turn serves.</param>
/// <param name="Turn">Id of the turn.</param>
/// <param name="Step">Round of the turn, from 0.</param>
/// <param name="Ordinal">Place among the calls of its step, from 0, in the order in which they were ready.</param>
public readonly record struct CallKey(string User, Guid Turn, int Step, int Ordinal)
{
    /// <summary>For services outside the store: the same effect asked for twice carries the same key. 64 hexadecimal digits.</summary>
    public string IdempotencyKey => Convert.ToHexStringLower(Hash(-1));

    /// <summary>An id derived from the call, so that a call that is run again writes the same rows (UUID version 8, RFC 9562 section 5.8).</summary>
    /// <param name="n">Tells the ids of one call apart, from 0.</param>
    public Guid NewId(int n = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        var bytes = Hash(n)[..16];
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    private byte[] Hash(int n) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{User}\n{Turn:N}\n{Step}\n{Ordinal}\n{n}")));
}
