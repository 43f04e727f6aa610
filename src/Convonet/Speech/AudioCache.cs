namespace Convonet.Speech;

/// <summary>Pieces that were spoken before, by what makes their sound the same; the longest unused go first. Safe for several threads.</summary>
/// <remarks>Kept in memory only, and only as long as there is room: what users are told is in here.</remarks>
public sealed class AudioCache
{
    /// <summary>The usual size in bytes: 16 MB, five minutes at 24 kHz.</summary>
    public const long DefaultCapacity = 16 * 1024 * 1024;

    // What an entry costs besides its audio and text.
    private const int EntryOverhead = 200;

    private readonly Lock _lock = new();
    private readonly Dictionary<AudioKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
    private readonly HashSet<string> _pinned = new(StringComparer.Ordinal);
    private readonly Dictionary<AudioKey, ReadOnlyMemory<byte>> _kept = [];
    private readonly long _capacity;
    private long _size;

    /// <summary>Creates an empty cache.</summary>
    /// <param name="capacityBytes">The most it holds, in bytes. Audio beyond an eighth of it is not kept.</param>
    public AudioCache(long capacityBytes = DefaultCapacity) => _capacity = capacityBytes;

    /// <summary>What it holds now, in bytes.</summary>
    public long Size
    {
        get
        {
            lock (_lock)
            {
                return _size;
            }
        }
    }

    /// <summary>What is spoken of this text from now on stays, beside the room for the others. For the few phrases that are always the same.</summary>
    internal void Pin(string text)
    {
        lock (_lock)
        {
            _pinned.Add(text);
        }
    }

    internal bool TryGet(AudioKey key, out ReadOnlyMemory<byte> pcm)
    {
        lock (_lock)
        {
            if (_kept.TryGetValue(key, out pcm))
            {
                return true;
            }

            var isKept = _entries.TryGetValue(key, out var node);
            if (isKept)
            {
                _byUse.Remove(node!);
                _byUse.AddFirst(node!);
            }

            pcm = isKept ? node!.Value.Pcm : default;
            return isKept;
        }
    }

    internal void Add(AudioKey key, ReadOnlyMemory<byte> pcm)
    {
        var entry = new Entry(key, pcm);
        lock (_lock)
        {
            if (_pinned.Contains(key.Text))
            {
                _kept[key] = pcm;
                return;
            }

            if (entry.Size > _capacity / 8)
            {
                return;
            }

            if (_entries.Remove(key, out var old))
            {
                Forget(old);
            }

            _entries.Add(key, _byUse.AddFirst(entry));
            _size += entry.Size;
            while (_size > _capacity)
            {
                var last = _byUse.Last!;
                _entries.Remove(last.Value.Key);
                Forget(last);
            }
        }
    }

    /// <summary>Lets go of all but the phrases that stay.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
            _byUse.Clear();
            _size = 0;
        }
    }

    private void Forget(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _size -= node.Value.Size;
    }

    private sealed record Entry(AudioKey Key, ReadOnlyMemory<byte> Pcm)
    {
        public long Size { get; } = Pcm.Length + (Key.Text.Length * sizeof(char)) + EntryOverhead;
    }
}

/// <summary>Everything that the sound of a piece depends on.</summary>
internal sealed record AudioKey(string Engine, string Voice, string Settings, int SampleRate, string Text);
