using System.Diagnostics;
using System.Runtime.CompilerServices;
using Convonet.Bench.Server;

namespace Convonet.Bench.Processes;

/// <summary>The server in a process of its own, with an empty database.</summary>
internal sealed class ServerProcess : MeasuredProcess
{
    /// <summary>As the server's own project has it, for it and for what it is compared with.</summary>
    public static readonly Dictionary<string, string> Settings = new() { ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0" };

    private readonly DirectoryInfo _folder;

    private ServerProcess(Process process, DirectoryInfo folder)
        : base(process) => _folder = folder;

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="words">Whether it is measured with engines or with providers, and options as on the server's command line.</param>
    public static Task<ServerProcess> StartAsync(params string[] words) => StartAsync(null, null, words);

    /// <summary>Starts it on some processors and with variables of its own.</summary>
    public static async Task<ServerProcess> StartAsync(string? cores, Dictionary<string, string>? environment, params string[] words)
    {
        var folder = Directory.CreateTempSubdirectory("convonet-bench-");

        // None of this machine's own.
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "mcp.json"), """{"mcpServers":{}}""");
        var server = new ServerProcess(Launch(cores, [BenchServer.Command, .. words.Take(1), .. Arguments(folder), .. words.Skip(1)], Settings.Concat(environment ?? [])), folder);
        await server.ListenAsync();
        return server;
    }

    /// <summary>How long frames took to the recogniser since the last call, in ms.</summary>
    public async Task<IReadOnlyCollection<double>> FrameAgesAsync() =>
        [.. (await AskAsync("frames")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(age => Number(age) / 1000)];

    /// <summary>Of turns one after the other: how long token, clause and sound took since the last call, in ms, each after the stage before it.</summary>
    public async Task<IReadOnlyCollection<double[]>> StagesAsync() =>
        [.. (await AskAsync("stages")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(turn => turn.Split(';').Select(Number).ToArray())];

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static IEnumerable<string> Arguments(DirectoryInfo folder) =>
    [
        "--Logging:Console:LogLevel:Default", "Error",
        "--urls", "http://127.0.0.1:0",
        "--contentRoot", Path.Combine(Root(), "src", "Convonet.Server"),
        "--Convonet:Database", $"Data Source={Path.Combine(folder.FullName, "bench.db")}",
        "--Convonet:Speech:Greeting=", "--Convonet:Speech:MakePhrases", "false", // what is spoken is the answers
        "--Convonet:Mcp:File", Path.Combine(folder.FullName, "mcp.json"),
        "--GEMINI_API_KEY=", "--GOOGLE_API_KEY=", "--ANTHROPIC_API_KEY=", "--OPENAI_API_KEY=", "--DEEPGRAM_API_KEY=", "--ELEVENLABS_API_KEY=", "--LLM_PROVIDER=", "--OTEL_EXPORTER_OTLP_ENDPOINT=",
    ];

    private static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "../../.."));
}
