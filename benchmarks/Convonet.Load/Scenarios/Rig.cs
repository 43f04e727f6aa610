using System.Diagnostics;
using System.Globalization;
using Convonet.Bench.Processes;
using Convonet.Bench.Server;
using Convonet.Load.Client;
using Convonet.Load.Emulation;
using Convonet.Load.Limit;

namespace Convonet.Load.Scenarios;

/// <summary>The processes: the emulator, the server, and the bare relay. What is measured has a processor of its own where there are two.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(200);

    /// <summary>The runtime compiles anew once nothing new has been called for 0.1 s.</summary>
    private static readonly TimeSpan Compiling = TimeSpan.FromSeconds(1);

    /// <summary>Methods that are still compiled in a round of warming when that is over.</summary>
    private const int Settled = 20;

    private readonly MeasuredProcess _emulator;
    private string?[] _users = [null];

    private Rig(MeasuredProcess emulator, MeasuredProcess limit, Func<Task<ServerProcess>> startServer, ServerProcess server) =>
        (_emulator, Limit, StartServerAsync, Server) = (emulator, limit, startServer, server);

    /// <summary>What is measured.</summary>
    public ServerProcess Server { get; }

    /// <summary>What it is compared with.</summary>
    public MeasuredProcess Limit { get; }

    /// <summary>Starts another server like the one that is measured.</summary>
    public Func<Task<ServerProcess>> StartServerAsync { get; }

    /// <param name="environment">Variables of the server and the limit.</param>
    /// <param name="isPinned">Whether what is measured gets a processor of its own.</param>
    public static async Task<Rig> StartAsync(Dictionary<string, string> environment, bool isPinned)
    {
        var (others, measured) = isPinned && Environment.ProcessorCount > 1 && File.Exists("/usr/bin/taskset") ? ("0", "1") : (null, null);
        if (others is not null)
        {
            using var pin = Process.Start(new ProcessStartInfo("taskset", ["-acp", others, Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
            await pin.StandardOutput.ReadToEndAsync();
            await pin.WaitForExitAsync();
        }

        var emulator = await MeasuredProcess.StartPartAsync(others, null, LoadEmulator.Command);
        var limit = await MeasuredProcess.StartPartAsync(measured, new Dictionary<string, string>([.. ServerProcess.Settings, .. environment]), BareRelay.Command, emulator.Address.ToString());
        Task<ServerProcess> StartServerAsync() => ServerProcess.StartAsync(
            measured, environment, BenchServer.WithProviders,
            "--Convonet:Gemini:BaseAddress", emulator.Address.ToString(),
            "--Convonet:Claude:BaseAddress", emulator.Address.ToString(),
            "--Convonet:OpenAI:BaseAddress", new Uri(emulator.Address, "/v1").ToString(),
            "--Convonet:OpenAI:Api", "Responses",

            // Many sessions are one user's, who asks again at once.
            "--Convonet:Accounts:TriesPerMinute", "1000", "--Convonet:Admission:MaxTurnsOfUser", "1000", "--Convonet:Transport:FramesPerSecond", "10000", "--Convonet:Transport:FrameBurst", "10000",

            // Telemetry is on. Nobody takes it, which is told at once.
            "--OTEL_EXPORTER_OTLP_ENDPOINT", emulator.Address.ToString(), "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        return new Rig(emulator, limit, StartServerAsync, await StartServerAsync());
    }

    /// <summary>From now on the sessions are those of several users; until then of the local owner.</summary>
    public async Task RegisterAsync() => _users = await Users.RegisterAsync(Server.Address);

    /// <summary>Where a process lets the session with this number in.</summary>
    public Door DoorOf(MeasuredProcess process, int session) => new(process.Voice, process == Server ? _users[session % _users.Length] : null);

    /// <summary>Tells the emulator what to answer.</summary>
    public Task AnswerAsync(string what) => _emulator.AskAsync(what);

    /// <summary>Lets sessions run, and notes what they find and what it costs.</summary>
    public async Task<Observed> RunAsync(MeasuredProcess process, string provider, Shape shape)
    {
        var sessions = new List<LoadSession>();
        await AnswerAsync("stamps 2 0");
        for (var i = 0; i < shape.Sessions; i++)
        {
            sessions.Add(await LoadSession.ConnectAsync(DoorOf(process, i), provider));
            if (shape.IsBegun)
            {
                await sessions[i].BeginAsync();
            }
        }

        await AnswerAsync(string.Create(CultureInfo.InvariantCulture, $"stamps {shape.Deltas} {shape.GapMs}"));
        await Task.Delay(Settling);
        var (begun, used, allocated) = (Stopwatch.GetTimestamp(), process.Processor, await process.AllocatedAsync());
        await Task.WhenAll(sessions.Select((session, number) => TalkAsync(session, number, shape)));
        var found = new Observed
        {
            Elapsed = Stopwatch.GetElapsedTime(begun),
            Processor = process.Processor - used,
            Allocated = await process.AllocatedAsync() - allocated,
        };
        foreach (var session in sessions)
        {
            await session.DisposeAsync();
            found.Add(session.Observed);
        }

        return found;
    }

    /// <summary>
    /// Lets both work until their runtimes have compiled what is used often, and compiled it anew: for a minute or so of such work that takes a good part of the processor, which
    /// is none of what a turn costs.
    /// </summary>
    public async Task WarmAsync(string provider, Effort effort)
    {
        foreach (var process in new[] { Limit, Server })
        {
            var (before, quiet) = (0.0, 0);
            for (var round = 0; round < effort.WarmRounds && quiet < 2; round++)
            {
                await RunAsync(process, provider, effort.Warm);
                await Task.Delay(Compiling);
                var compiled = await process.CompiledAsync();
                quiet = compiled - before < Settled ? quiet + 1 : 0;

                before = compiled;
            }
        }
    }

    /// <summary>The limit and the server, in turn.</summary>
    public async Task<(Observed Server, Observed Limit)> CompareAsync(string provider, Shape shape, int rounds)
    {
        var (server, limit) = (new Observed(), new Observed());
        for (var round = 0; round < rounds; round++)
        {
            limit.Add(await RunAsync(Limit, provider, shape with { IsSpoken = false }));
            server.Add(await RunAsync(Server, provider, shape));
        }

        return (server, limit);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Limit.DisposeAsync();
        await _emulator.DisposeAsync();
    }

    private static async Task TalkAsync(LoadSession session, int number, Shape shape)
    {
        // Not in step: people are not either.
        await Task.Delay(shape.Ramp * new Random(number).NextDouble());
        for (var turn = 0; turn < shape.Turns; turn++)
        {
            await (shape.IsSpoken ? session.SpokenTurnAsync() : session.TurnAsync());
        }
    }
}

/// <summary>What sessions do.</summary>
/// <param name="Sessions">How many, at the same time.</param>
/// <param name="Turns">Of each, one after the other.</param>
/// <param name="Deltas">Pieces of each answer.</param>
/// <param name="GapMs">Between two of them.</param>
internal sealed record Shape(int Sessions, int Turns, int Deltas, double GapMs)
{
    /// <summary>Within it they begin.</summary>
    public TimeSpan Ramp { get; init; }

    /// <summary>Whether the conversations have begun before.</summary>
    public bool IsBegun { get; init; } = true;

    /// <summary>Whether the server is talked to by microphone; the limit knows none.</summary>
    public bool IsSpoken { get; init; }
}
