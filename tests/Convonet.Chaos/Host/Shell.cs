using System.ComponentModel;
using System.Diagnostics;

namespace Convonet.Chaos.Host;

/// <summary>Runs programs of the system.</summary>
internal static class Shell
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <returns>Its exit code, and all that it said in one line.</returns>
    public static async Task<(int ExitCode, string Said)> RunAsync(string program, params string[] args)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            using var limit = new CancellationTokenSource(Limit);
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = await process.StandardError.ReadToEndAsync(limit.Token);
            var said = await output;
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, (said.Length > 0 ? said : errors).Trim().ReplaceLineEndings(" "));
        }
        catch (Win32Exception missing)
        {
            return (-1, missing.Message);
        }
    }
}
