using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Convonet.Audio;

namespace Convonet.Speech.Espeak;

/// <summary>Speech without network or key in many languages, by espeak-ng as a child process: its licence (GPL) keeps it out of ours.</summary>
/// <remarks>A process for each piece, as many at once as twice the processors; each is killed when its call ends, however it ends, and after 20 s.</remarks>
public sealed class EspeakTextToSpeech : ITextToSpeech
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly SemaphoreSlim Running = new(Environment.ProcessorCount * 2, Environment.ProcessorCount * 2);

    private readonly EspeakOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Creates the engine; starts nothing yet.</summary>
    /// <param name="options">Program, voice and speed.</param>
    /// <param name="time">The clock; the system's by default.</param>
    public EspeakTextToSpeech(EspeakOptions options, TimeProvider? time = null) => (_options, _time) = (options, time ?? TimeProvider.System);

    /// <inheritdoc/>
    public string Name => "espeak-ng";

    /// <inheritdoc/>
    public string Voice => _options.Voice;

    /// <inheritdoc/>
    public string Settings => _options.WordsPerMinute.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public PcmFormat Format { get; } = new(22_050);

    /// <summary>Whether the program is on this machine.</summary>
    public bool IsInstalled()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return Path.IsPathRooted(_options.Program) ? File.Exists(_options.Program) : folders.Any(folder => File.Exists(Path.Combine(folder, _options.Program)));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(string text, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Running.WaitAsync(cancellationToken);
        try
        {
            using var timeout = new CancellationTokenSource(Limit, _time);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            using var program = Start();

            // A read of a pipe does not always heed its token; the end of the program ends it.
            using var kill = stop.Token.UnsafeRegister(static state => ((Process)state!).Kill(), program);
            try
            {
                var output = program.StandardOutput.BaseStream;
                var buffer = new byte[8 * 1024];
                await RunAsync(() => WriteAsync(program, text, stop.Token), stop.Token, cancellationToken);
                Check(buffer.AsSpan(0, await RunAsync(() => ReadAsync(output, buffer, WavFile.HeaderLength, stop.Token), stop.Token, cancellationToken)));
                while (await RunAsync(() => ReadAsync(output, buffer, buffer.Length, stop.Token), stop.Token, cancellationToken) is > 0 and var length)
                {
                    yield return buffer.AsMemory(0, length);
                }

                if (await RunAsync(() => ExitAsync(program, stop.Token), stop.Token, cancellationToken) is not 0 and var code)
                {
                    throw new SpeechException(SpeechErrorKind.Unfinished, $"espeak-ng ended with {code}.");
                }
            }
            finally
            {
                program.Kill();
            }
        }
        finally
        {
            Running.Release();
        }
    }

    private Process Start()
    {
        // The text goes through a pipe: it is never a part of the command line. What the program complains about would repeat it.
        var start = new ProcessStartInfo(_options.Program)
        {
            ArgumentList = { "--stdin", "--stdout", "-b", "1", "-v", _options.Voice, "-s", Settings },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            UseShellExecute = false,
        };
        try
        {
            var program = Process.Start(start)!;
            program.ErrorDataReceived += static (_, _) => { };
            program.BeginErrorReadLine();
            return program;
        }
        catch (Win32Exception error)
        {
            throw new SpeechException(SpeechErrorKind.NotInstalled, "espeak-ng is not installed: apt-get install espeak-ng", error);
        }
    }

    private static async Task<int> WriteAsync(Process program, string text, CancellationToken cancellationToken)
    {
        // "[[" would begin the program's own notation of sounds.
        await program.StandardInput.WriteAsync(text.Replace("[[", "[ [", StringComparison.Ordinal).AsMemory(), cancellationToken);
        await program.StandardInput.FlushAsync(cancellationToken);
        program.StandardInput.Close();
        return text.Length;
    }

    // The header whole, then whatever there is: speech begins with the first part.
    private static async Task<int> ReadAsync(Stream output, byte[] buffer, int most, CancellationToken cancellationToken) =>
        most == WavFile.HeaderLength
            ? await output.ReadAtLeastAsync(buffer.AsMemory(0, most), most, throwOnEndOfStream: false, cancellationToken)
            : await output.ReadAsync(buffer, cancellationToken);

    private static async Task<int> ExitAsync(Process program, CancellationToken cancellationToken)
    {
        await program.WaitForExitAsync(cancellationToken);
        return program.ExitCode;
    }

    private void Check(ReadOnlySpan<byte> header)
    {
        if (!WavFile.TryReadHeader(header, out var rate))
        {
            throw new SpeechException(SpeechErrorKind.Refused, $"espeak-ng gave no audio; does it have the voice {Voice}?");
        }

        if (rate != Format.SampleRate)
        {
            throw new SpeechException(SpeechErrorKind.Protocol, $"espeak-ng gave {rate} Hz.");
        }
    }

    private static async Task<int> RunAsync(Func<Task<int>> step, CancellationToken stop, CancellationToken cancellationToken)
    {
        try
        {
            var result = await step();

            // A killed program looks like one that ended.
            stop.ThrowIfCancellationRequested();
            return result;
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw stop.IsCancellationRequested
                ? new SpeechException(SpeechErrorKind.TimedOut, $"espeak-ng did not end within {Limit.TotalSeconds:0} s.", error)
                : new SpeechException(SpeechErrorKind.Refused, "espeak-ng broke off; does it have the voice?", error);
        }
    }
}
