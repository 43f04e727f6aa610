using System.Diagnostics;
using System.Globalization;

namespace Convonet.Chaos.Parent;

/// <summary>A child process, as its parent holds it.</summary>
internal sealed class RunningChild : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly TaskCompletionSource _standsBy = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _tookOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _acted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    private RunningChild(Process process, int number, Fate fate)
    {
        _process = process;
        Number = number;
        Fate = fate;
        Exited = process.WaitForExitAsync();
        _reading = ReadAsync();
    }

    /// <summary>Counts the children.</summary>
    public int Number { get; }

    /// <summary>How long a turn took it when it warmed up: moments are measured by it, so that they hit the same work on a slow machine.</summary>
    public TimeSpan TurnTime { get; private set; }

    /// <summary>Ends when it has taken up what its predecessor left.</summary>
    public Task TookOver => _tookOver.Task;

    /// <summary>Ends when its fail-point has thrown, or begins to wait.</summary>
    public Task Acted => _acted.Task;

    /// <summary>How it is to end.</summary>
    public Fate Fate { get; }

    /// <summary>Ends when the process has.</summary>
    public Task Exited { get; }

    /// <summary>What it says, word by word; set before it goes.</summary>
    public Action<string[]> Said { get; set; } = static _ => { };

    /// <summary>Starts a child and waits until it stands by.</summary>
    public static async Task<RunningChild> StartAsync(Child.ChildOptions options, Fate fate, string? off)
    {
        // As this process was started: by its own executable, or by dotnet with the assembly.
        var program = Environment.ProcessPath!;
        string[] assembly = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(RunningChild).Assembly.Location] : [];
        var start = new ProcessStartInfo(program, [.. assembly, .. options.ToArguments()]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["CONVONET_UNPROTECTED"] = off is CampaignOptions.Fence or CampaignOptions.MessageKey ? off : "";
        var child = new RunningChild(Process.Start(start)!, options.Process, fate);
        await child.WaitAsync(child._standsBy.Task);
        return child;
    }

    /// <summary>Lets it serve.</summary>
    public async Task GoAsync()
    {
        Send("go");
        await WaitAsync(_ready.Task);
    }

    /// <summary>Tells it something; lost when it is dead.</summary>
    public void Send(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It is dead. Its successor is told.
        }
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await Exited;
        await _reading;
    }

    /// <summary>SIGSTOP.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>SIGCONT.</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>Lets it end by itself.</summary>
    public async Task EndAsync()
    {
        _process.StandardInput.Close();
        await Exited.WaitAsync(StartLimit);
    }

    public void Dispose() => _process.Dispose();

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    private async Task WaitAsync(Task told)
    {
        if (await Task.WhenAny(told, Exited, Task.Delay(StartLimit)) != told && !told.IsCompleted && !Exited.IsCompleted)
        {
            await KillAsync();
            throw new TimeoutException($"Process {Number} does not start.");
        }
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var words = line.Split(' ');
            switch (words)
            {
                case ["standby", var turnTime]:
                    TurnTime = TimeSpan.FromTicks(long.Parse(turnTime, CultureInfo.InvariantCulture));
                    _standsBy.TrySetResult();
                    break;
                case ["ready"]:
                    _ready.TrySetResult();
                    break;
                case ["acted"]:
                    _acted.TrySetResult();
                    break;
                case ["took", "over"]:
                    _tookOver.TrySetResult();
                    break;
                default:
                    Said(words);
                    break;
            }
        }
    }
}
