using System.Diagnostics;

namespace Convonet.Chaos.Serve;

/// <summary>A server in a process of its own, as its parent holds it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);

    private readonly Process _process;

    private ServerProcess(Process process, Uri address) => (_process, Address) = (process, address);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Where clients talk to it.</summary>
    public Uri Voice => new UriBuilder(Address) { Scheme = "ws", Path = "/voice" }.Uri;

    /// <summary>What it holds in memory, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>How long it has computed.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts one and waits until it listens.</summary>
    /// <param name="model"><c>counting</c>, <c>paced</c> or <c>short</c>.</param>
    /// <param name="database">Its store.</param>
    /// <param name="args">Options, as on the command line.</param>
    public static Task<ServerProcess> StartAsync(string model, string database, params IEnumerable<string> args) => StartByAsync([], model, database, args);

    /// <summary>The same, by a program that becomes the server's process.</summary>
    public static async Task<ServerProcess> StartByAsync(IReadOnlyList<string> launcher, string model, string database, params IEnumerable<string> args)
    {
        var process = Start(launcher, model, database, args);
        try
        {
            using var limit = new CancellationTokenSource(StartLimit);
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                if (line.Split(' ') is ["listening", var address])
                {
                    return new ServerProcess(process, new Uri(address));
                }
            }

            throw new InvalidOperationException("The server did not start.");
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>Starts one, and kills it while it starts, or soon after.</summary>
    public static async Task KillWhileItStartsAsync(string model, string database, TimeSpan after)
    {
        using var process = Start([], model, database, []);
        await Task.Delay(after);
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Starts one that is not expected to serve, as an operator would.</summary>
    /// <returns>Its exit code, and what it says why.</returns>
    public static async Task<(int ExitCode, string Why)> TryAsync(string database, params IEnumerable<string> args)
    {
        using var process = Start([], "program", database, args);
        using var limit = new CancellationTokenSource(StartLimit);
        try
        {
            var said = process.StandardOutput.ReadToEndAsync(limit.Token);
            var why = await process.StandardError.ReadToEndAsync(limit.Token);
            await said;
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, why.Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            return (-1, "It did not end.");
        }
    }

    /// <summary>Tells it something.</summary>
    public void Send(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Its id, for signals.</summary>
    public int Id => _process.Id;

    /// <summary>Waits whether it ends by itself.</summary>
    public async Task<bool> EndsAsync(TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>What it says until it ends, in one line; one that does not end is killed.</summary>
    public async Task<string> LastWordsAsync()
    {
        using var limit = new CancellationTokenSource(StartLimit);
        try
        {
            return (await _process.StandardOutput.ReadToEndAsync(limit.Token)).Trim().ReplaceLineEndings(" ");
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
            return "did not end";
        }
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static Process Start(IReadOnlyList<string> launcher, string model, string database, IEnumerable<string> args)
    {
        // As this process was started: by its own executable, or by dotnet with the assembly.
        var program = Environment.ProcessPath!;
        string[] assembly = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(ServerProcess).Assembly.Location] : [];
        string[] all = [.. launcher, program, .. assembly, "server", model, database, .. args];
        var start = new ProcessStartInfo(all[0], all[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = model == "program",
        };

        // As the product's own project has it, and this one, which is a client too, has not.
        start.Environment["DOTNET_gcServer"] = "1";
        start.Environment["DOTNET_TieredPGO"] = "1";
        start.Environment["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
        return Process.Start(start)!;
    }
}
