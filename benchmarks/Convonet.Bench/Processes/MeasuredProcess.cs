using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Convonet.Bench.Processes;

/// <summary>
/// A part of this program in a process of its own, and what the operating system knows of it. It says on its first line where it listens, and answers each line
/// that it is sent with one.
/// </summary>
internal class MeasuredProcess : IAsyncDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    /// <summary>How many parts of a second the kernel counts processor time in; the same on all machines with Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    private readonly Process _process;
    private readonly long _started = Stopwatch.GetTimestamp();

    protected MeasuredProcess(Process process) => _process = process;

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>How long it took from its start until it listened.</summary>
    public TimeSpan ListensAfter { get; private set; }

    /// <summary>The WebSocket's address.</summary>
    public Uri Voice => new UriBuilder(Address) { Scheme = "ws", Path = "/voice" }.Uri;

    /// <summary>Processor time that it has used, of all its threads.</summary>
    public TimeSpan Processor
    {
        get
        {
            // Behind the name, which may contain anything: fields 14 and 15 of all are those in user and in kernel mode.
            var stat = File.ReadAllText($"/proc/{_process.Id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return TimeSpan.FromSeconds((Number(fields[11]) + Number(fields[12])) / TicksPerSecond);
        }
    }

    /// <summary>Memory that it holds, in KB.</summary>
    public double ResidentKB => Number(File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);

    /// <summary>Starts a part and waits until it listens.</summary>
    /// <param name="cores">The processors that it may use, as <c>taskset</c> names them; null for all.</param>
    /// <param name="environment">Variables of its own.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task<MeasuredProcess> StartPartAsync(string? cores, Dictionary<string, string>? environment, params string[] arguments)
    {
        var started = new MeasuredProcess(Launch(cores, arguments, environment));
        await started.ListenAsync();
        return started;
    }

    /// <summary>Tells it something.</summary>
    /// <returns>Its answer.</returns>
    public async Task<string> AskAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        return await ReadAsync();
    }

    /// <summary>Memory that is left when all garbage is gone, in KB.</summary>
    public async Task<double> LeftKBAsync()
    {
        await AskAsync("collect");
        return ResidentKB;
    }

    /// <summary>All that it has allocated so far, in bytes.</summary>
    public async Task<double> AllocatedAsync() => Number(await AskAsync("allocated"));

    /// <summary>How many methods it has compiled so far.</summary>
    public async Task<double> CompiledAsync() => Number(await AskAsync("compiled"));

    public virtual async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(EndLimit);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts this program again, as it was started itself: by its own executable, or by dotnet with the assembly.</summary>
    protected static Process Launch(string? cores, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>>? environment)
    {
        var program = Environment.ProcessPath!;
        string[] assembly = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Assembly.GetEntryAssembly()!.Location] : [];
        string[] pinned = cores is null ? [program] : ["taskset", "-c", cores, program];
        var start = new ProcessStartInfo(pinned[0], [.. pinned[1..], .. assembly, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Waits until it listens; a process that does not is ended.</summary>
    protected async Task ListenAsync()
    {
        try
        {
            Address = new Uri(await ReadAsync());
            ListensAfter = Stopwatch.GetElapsedTime(_started);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>A number as processes tell it.</summary>
    protected static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private async Task<string> ReadAsync() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(AnswerLimit) ?? throw new InvalidOperationException("The process has ended.");
}
