using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Convonet.VoiceBench.Server;

namespace Convonet.VoiceBench.Client;

/// <summary>The server in a process of its own, with an empty database, and what the operating system knows of it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    /// <summary>How many parts of a second the kernel counts processor time in; the same on all machines with Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private ServerProcess(Process process, DirectoryInfo folder) => (_process, _folder) = (process, folder);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

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

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="words">Whether it is measured with engines, and options as on the server's command line.</param>
    public static async Task<ServerProcess> StartAsync(params string[] words)
    {
        // As this process was started: by its own executable, or by dotnet with the assembly.
        var program = Environment.ProcessPath!;
        string[] assembly = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(ServerProcess).Assembly.Location] : [];
        var folder = Directory.CreateTempSubdirectory("convonet-voicebench-");

        // None of this machine's own.
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "mcp.json"), """{"mcpServers":{}}""");
        var start = new ProcessStartInfo(program, [.. assembly, BenchServer.Command, .. words, .. Arguments(folder)]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var server = new ServerProcess(Process.Start(start)!, folder);
        try
        {
            server.Address = new Uri(await server.ReadAsync(StartLimit));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Tells it something.</summary>
    /// <returns>Its answer.</returns>
    public async Task<string> AskAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        return await ReadAsync(StartLimit);
    }

    /// <summary>Memory that is left when all garbage is gone, in KB.</summary>
    public async Task<double> LeftKBAsync()
    {
        await AskAsync("collect");
        return ResidentKB;
    }

    /// <summary>How long frames took to the recogniser since the last call, in ms.</summary>
    public async Task<IReadOnlyCollection<double>> FrameAgesAsync() =>
        [.. (await AskAsync("frames")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(age => Number(age) / 1000)];

    /// <summary>Of turns one after the other: how long token, clause and sound took since the last call, in ms, each after the stage before it.</summary>
    public async Task<IReadOnlyCollection<double[]>> StagesAsync() =>
        [.. (await AskAsync("stages")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(turn => turn.Split(';').Select(Number).ToArray())];

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(EndLimit);
        }
        catch (TimeoutException)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<string> ReadAsync(TimeSpan limit) =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(limit) ?? throw new InvalidOperationException("The server has ended.");

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static IEnumerable<string> Arguments(DirectoryInfo folder) =>
    [
        "--Logging:Console:LogLevel:Default", "Error",
        "--urls", "http://127.0.0.1:0",
        "--contentRoot", Path.Combine(Root(), "src", "Convonet.Server"),
        "--Convonet:Database", $"Data Source={Path.Combine(folder.FullName, "voicebench.db")}",
        "--Convonet:Speech:Greeting=", "--Convonet:Speech:MakePhrases", "false", // what is spoken is the answers
        "--Convonet:Mcp:File", Path.Combine(folder.FullName, "mcp.json"),
        "--GEMINI_API_KEY=", "--GOOGLE_API_KEY=", "--ANTHROPIC_API_KEY=", "--OPENAI_API_KEY=", "--DEEPGRAM_API_KEY=", "--ELEVENLABS_API_KEY=", "--LLM_PROVIDER=", "--OTEL_EXPORTER_OTLP_ENDPOINT=",
    ];

    private static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "../../.."));
}
