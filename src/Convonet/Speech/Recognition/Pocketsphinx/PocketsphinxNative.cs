using System.Runtime.InteropServices;

namespace Convonet.Speech.Recognition.Pocketsphinx;

/// <summary>The calls into pocketsphinx 5prealpha, as Debian packs it. See its <see href="https://cmusphinx.github.io/doc/pocketsphinx/">manual</see>.</summary>
internal static partial class PocketsphinxNative
{
    internal const string Decoder = "libpocketsphinx.so.3";
    internal const string Base = "libsphinxbase.so.3";

    /// <summary>The definitions of the decoder's options.</summary>
    [LibraryImport(Decoder)]
    internal static partial nint ps_args();

    /// <summary>Reads options. Its variadic sister <c>cmd_ln_init</c> cannot be called from here.</summary>
    [LibraryImport(Base, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint cmd_ln_parse_r(nint existing, nint definitions, int count, string[] arguments, int isStrict);

    [LibraryImport(Base)]
    internal static partial int cmd_ln_free_r(nint configuration);

    /// <summary>Loads the acoustic model and the dictionary; 0 when it cannot.</summary>
    [LibraryImport(Decoder)]
    internal static partial nint ps_init(nint configuration);

    [LibraryImport(Decoder)]
    internal static partial int ps_free(nint decoder);

    [LibraryImport(Decoder)]
    internal static partial nint ps_get_logmath(nint decoder);

    [LibraryImport(Decoder)]
    internal static partial nint ps_get_config(nint decoder);

    /// <summary>Reads a language model; type 0 finds its form out.</summary>
    [LibraryImport(Base, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint ngram_model_read(nint configuration, string file, int type, nint logmath);

    [LibraryImport(Base)]
    internal static partial int ngram_model_free(nint model);

    /// <summary>Mixes models by weights that add up to 1. The set owns them from then on.</summary>
    [LibraryImport(Base, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint ngram_model_set_init(nint configuration, nint[] models, string[] names, float[] weights, int count);

    /// <summary>Makes a search of a model, which it keeps a reference to.</summary>
    [LibraryImport(Decoder, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ps_set_lm(nint decoder, string name, nint model);

    [LibraryImport(Decoder, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ps_set_search(nint decoder, string name);

    [LibraryImport(Decoder)]
    internal static partial int ps_start_stream(nint decoder);

    [LibraryImport(Decoder)]
    internal static partial int ps_start_utt(nint decoder);

    [LibraryImport(Decoder)]
    internal static partial int ps_process_raw(nint decoder, ReadOnlySpan<short> samples, nuint count, int noSearch, int isWholeUtterance);

    [LibraryImport(Decoder)]
    internal static partial int ps_end_utt(nint decoder);

    /// <summary>The best words so far, in memory of the decoder's; 0 for none.</summary>
    [LibraryImport(Decoder)]
    internal static partial nint ps_get_hyp(nint decoder, out int score);
}
