using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Convonet.Speech.Recognition.Clips;

/// <summary>One run of ffmpeg: a clip in, samples out. What is in a clip is a stranger's, so the program is kept small in every way.</summary>
internal static class FfmpegProcess
{
    // ffmpeg maps about 0.5 GB of libraries; with this much it decodes a minute of any speech.
    private const int MaxMemoryKb = 1_500_000;

    /// <exception cref="RecognitionException">It is not installed, or cannot read the clip.</exception>
    internal static async Task<ReadOnlyMemory<byte>> ConvertAsync(ClipOptions options, ReadOnlyMemory<byte> clip, CancellationToken cancellationToken)
    {
        using var process = Start(options);
        var feeding = FeedAsync(process, clip, cancellationToken);
        var complaining = process.StandardError.BaseStream.CopyToAsync(Stream.Null, cancellationToken);
        try
        {
            var samples = await ReadAsync(process.StandardOutput.BaseStream, (int)options.MaxSampleBytes + sizeof(short), cancellationToken);
            var isTooLong = samples.Length > options.MaxSampleBytes;
            if (!isTooLong)
            {
                await feeding;
                await complaining;
                await process.WaitForExitAsync(cancellationToken);
            }

            return isTooLong || process.ExitCode == 0 ? samples : throw ErrorOf(options, process.ExitCode);
        }
        finally
        {
            Kill(process);
            await Task.WhenAll(feeding, complaining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// Through a shell, which has the limits of memory and processor time that .NET cannot set. No input but the pipe can be opened, whatever a
    /// playlist in the clip says; and if we die, the pipe ends, and so does ffmpeg.
    /// </summary>
    private static Process Start(ClipOptions options)
    {
        var seconds = (int)Math.Ceiling(options.Limit.TotalSeconds);
        var longest = (options.MaxDuration.TotalSeconds + 1).ToString(CultureInfo.InvariantCulture);
        string[] arguments =
        [
            "-c", $"ulimit -v {MaxMemoryKb} -t {seconds}; exec \"$@\"", "sh", options.Ffmpeg, "-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1",
            "-protocol_whitelist", "pipe", "-i", "pipe:0", "-vn", "-sn", "-dn", "-ac", "1", "-ar", RecognitionLimits.SampleRate.ToString(CultureInfo.InvariantCulture),
            "-t", longest, "-f", "s16le", "pipe:1",
        ];
        try
        {
            return Process.Start(new ProcessStartInfo("/bin/sh", arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception error)
        {
            throw new RecognitionException(RecognitionErrorKind.NotInstalled, NotInstalled(options), error);
        }
    }

    private static async Task FeedAsync(Process process, ReadOnlyMemory<byte> clip, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(clip, cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has read enough, or gave up; its exit code says which.
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream output, int most, CancellationToken cancellationToken)
    {
        var samples = new ClipBytes(most);
        var buffer = new byte[16 * 1024];
        while (await output.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, most - samples.Length)), cancellationToken) is > 0 and var count)
        {
            samples.TryAdd(buffer.AsSpan(0, count));
        }

        return samples.Written[..(samples.Length & ~1)];
    }

    private static RecognitionException ErrorOf(ClipOptions options, int exitCode) => exitCode switch
    {
        // What a shell exits with when there is no such program, or it may not be run.
        126 or 127 => new RecognitionException(RecognitionErrorKind.NotInstalled, NotInstalled(options)),
        _ => new RecognitionException(RecognitionErrorKind.BadAudio, "The clip is not a sound file that can be decoded."),
    };

    private static string NotInstalled(ClipOptions options) =>
        $"Only WAV clips (PCM16, mono, 16 kHz) can be read without {Path.GetFileName(options.Ffmpeg)}: apt-get install ffmpeg";

    private static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }
}
