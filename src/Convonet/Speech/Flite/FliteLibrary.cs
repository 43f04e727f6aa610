using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Convonet.Speech.Flite;

/// <summary>CMU flite, from Debian's <c>libflite1</c>. A voice is loaded once a process; a loaded voice speaks on several threads at once.</summary>
/// <see href="http://cmuflite.org"/>
internal static unsafe partial class FliteLibrary
{
    private const string Library = "libflite.so.1";

    private static readonly ConcurrentDictionary<string, Lazy<nint>> Voices = new();

    /// <summary>The voice; loads it first, which takes up to a second.</summary>
    /// <param name="name"><c>rms</c>, <c>slt</c>, <c>awb</c>, <c>kal16</c> or <c>kal</c>.</param>
    /// <returns>Zero when it, or flite, is not installed.</returns>
    public static nint LoadVoice(string name) => Voices.GetOrAdd(name, static voice => new Lazy<nint>(() => Load(voice))).Value;

    /// <summary>Speaks; takes about 15 ms for each second of speech.</summary>
    /// <param name="voice">From <see cref="LoadVoice"/>.</param>
    /// <param name="text">ASCII; other characters are skipped or misread.</param>
    /// <returns>PCM16 mono and its rate in Hz; no samples when it failed.</returns>
    public static (byte[] Pcm, int SampleRate) Speak(nint voice, string text)
    {
        var wave = TextToWave(text, voice);
        if (wave is null)
        {
            return ([], 0);
        }

        try
        {
            return wave->Channels == 1 ? (MemoryMarshal.AsBytes(new ReadOnlySpan<short>(wave->Samples, wave->Count)).ToArray(), wave->SampleRate) : ([], 0);
        }
        finally
        {
            DeleteWave(wave);
        }
    }

    private static nint Load(string voice)
    {
        // The library's own set-up is not safe for several threads; Lazy's lock is per voice.
        lock (Voices)
        {
            if (!NativeLibrary.TryLoad(Library, out _) || !NativeLibrary.TryLoad($"libflite_cmu_us_{voice}.so.1", out var library)
                || !NativeLibrary.TryGetExport(library, $"register_cmu_us_{voice}", out var register))
            {
                return 0;
            }

            _ = Initialise();
            return ((delegate* unmanaged[Cdecl]<nint, nint>)register)(0);
        }
    }

    [LibraryImport(Library, EntryPoint = "flite_init")]
    private static partial int Initialise();

    [LibraryImport(Library, EntryPoint = "flite_text_to_wave", StringMarshalling = StringMarshalling.Utf8)]
    private static partial Wave* TextToWave(string text, nint voice);

    [LibraryImport(Library, EntryPoint = "delete_wave")]
    private static partial void DeleteWave(Wave* wave);

    /// <summary>flite's <c>cst_wave</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Wave
    {
        public nint Type;
        public int SampleRate;
        public int Count;
        public int Channels;
        public short* Samples;
    }
}
