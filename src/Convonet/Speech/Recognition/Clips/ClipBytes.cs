namespace Convonet.Speech.Recognition.Clips;

/// <summary>Bytes of unknown number up to a limit, in one piece. It grows in three steps at most, the last of which is the limit: doubling would leave half of it behind as waste.</summary>
/// <param name="limit">The most bytes.</param>
public sealed class ClipBytes(int limit)
{
    private const int FirstBytes = 256 * 1024;
    private const int Growth = 16;

    private byte[] _bytes = [];

    /// <summary>How many there are.</summary>
    public int Length { get; private set; }

    /// <summary>What was added.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Adds bytes.</summary>
    /// <returns>False when there is no room for all of them: then none was added.</returns>
    public bool TryAdd(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > limit - Length)
        {
            return false;
        }

        while (bytes.Length > _bytes.Length - Length)
        {
            var larger = GC.AllocateUninitializedArray<byte>((int)Math.Min(limit, Math.Max(FirstBytes, (long)_bytes.Length * Growth)));
            Written.CopyTo(larger);
            _bytes = larger;
        }

        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
        return true;
    }

    /// <summary>Forgets all, and gives the memory back.</summary>
    public void Clear() => (_bytes, Length) = ([], 0);
}
