using System.Runtime.InteropServices;
using static Convonet.Speech.Recognition.Pocketsphinx.PocketsphinxNative;

namespace Convonet.Speech.Recognition.Pocketsphinx;

/// <summary>One native decoder. Only the thread that made it uses it.</summary>
internal sealed class PocketsphinxDecoder : IDisposable
{
    private const string Search = "mixed";

    private nint _decoder;

    /// <summary>Loads the models.</summary>
    /// <exception cref="RecognitionException">They cannot be loaded.</exception>
    internal PocketsphinxDecoder(PocketsphinxOptions options)
    {
        // The options that keep the decoder ahead of real time on a loaded machine: half the work of the defaults for about one word in fifty.
        string[] arguments =
        [
            "pocketsphinx", "-hmm", options.AcousticModel, "-dict", options.Dictionary, "-topn", "2", "-maxhmmpf", "3000", "-fwdflat", "no", "-logfn", "/dev/null",
        ];
        var configuration = cmd_ln_parse_r(0, ps_args(), arguments.Length, arguments, 0);
        if (configuration == 0)
        {
            throw Failed("takes none of our options");
        }

        _decoder = ps_init(configuration);
        _ = cmd_ln_free_r(configuration);
        if (_decoder == 0)
        {
            throw Failed($"cannot load the model in {options.ModelFolder}");
        }

        try
        {
            SetLanguage(options);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The words so far.</summary>
    internal string Words => DecodedWords.Normalise(Marshal.PtrToStringUTF8(ps_get_hyp(_decoder, out _)) ?? "");

    internal void Start()
    {
        Check(ps_start_stream(_decoder));
        Check(ps_start_utt(_decoder));
    }

    internal void Add(ReadOnlySpan<byte> audio)
    {
        var samples = MemoryMarshal.Cast<byte, short>(audio);
        Check(ps_process_raw(_decoder, samples, (nuint)samples.Length, 0, 0));
    }

    internal void End() => Check(ps_end_utt(_decoder));

    public void Dispose()
    {
        if (_decoder != 0)
        {
            _ = ps_free(_decoder);
            _decoder = 0;
        }
    }

    /// <summary>
    /// General English mixed with the product's phrases. Never the phrases alone, nor a grammar: either was measured to force whatever is said into
    /// one of its commands.
    /// </summary>
    private void SetLanguage(PocketsphinxOptions options)
    {
        DirectoryInfo? folder = null;
        try
        {
            folder = Directory.CreateTempSubdirectory("convonet-");
            var phrases = Path.Combine(folder.FullName, "phrases.lm");
            using (var file = new StreamWriter(phrases) { NewLine = "\n" })
            {
                ArpaModel.Of(TaskSentences.All()).Write(file);
            }

            var weight = (float)options.TaskWeight;
            var models = new[] { Read(options.LanguageModel), Read(phrases) };
            var mixed = ngram_model_set_init(ps_get_config(_decoder), models, ["general", "phrases"], [1 - weight, weight], models.Length);
            if (mixed == 0)
            {
                throw Failed("cannot mix the language models");
            }

            var result = ps_set_lm(_decoder, Search, mixed);
            _ = ngram_model_free(mixed);
            Check(result);
            Check(ps_set_search(_decoder, Search));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RecognitionException(RecognitionErrorKind.Failed, "The phrases for pocketsphinx cannot be written to the folder of temporary files.", error);
        }
        finally
        {
            folder?.Delete(recursive: true);
        }
    }

    private nint Read(string file) =>
        ngram_model_read(ps_get_config(_decoder), file, 0, ps_get_logmath(_decoder)) is not 0 and var model ? model : throw Failed($"cannot read {file}");

    private static void Check(int result)
    {
        if (result < 0)
        {
            throw Failed($"failed with {result}");
        }
    }

    private static RecognitionException Failed(string what) => new(RecognitionErrorKind.Failed, $"pocketsphinx {what}.");
}
