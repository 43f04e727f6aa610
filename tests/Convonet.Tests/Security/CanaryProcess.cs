using System.Collections.Concurrent;
using System.Diagnostics;
using Convonet.Tests.EndToEnd;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Security;

/// <summary>The server as a process of its own, whose every word is kept.</summary>
internal sealed class CanaryProcess : IAsyncDisposable
{
#if DEBUG
    private const string Configuration = "debug";
#else
    private const string Configuration = "release";
#endif
    private const string Listening = "Now listening on: ";

    private readonly Process _process;
    private readonly Changes _changes = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task _reading = Task.CompletedTask;
    private volatile bool _isDeaf;

    private CanaryProcess(Process process) => _process = process;

    /// <summary>All that it has printed.</summary>
    public ConcurrentQueue<string> Said { get; } = new();

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts it; returns when it listens, or has ended.</summary>
    /// <param name="environment">Variables.</param>
    /// <param name="arguments">Options.</param>
    public static async Task<CanaryProcess> StartAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Repository.PathOf("artifacts", "bin", "Convonet.Server", Configuration, "Convonet.Server.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var canary = new CanaryProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        canary._process.ErrorDataReceived += (_, line) => canary.Hear(line.Data);
        canary._process.Exited += (_, _) => canary._address.TrySetResult(new Uri("http://ended"));
        canary._process.Start();
        canary._reading = canary.ReadAsync();
        canary._process.BeginErrorReadLine();
        canary.Address = await canary._address.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        return canary;
    }

    /// <summary>Where clients talk to it.</summary>
    public Uri Voice => new UriBuilder(Address) { Scheme = "ws", Path = "/voice" }.Uri;

    /// <summary>How it ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>From now on nobody reads what it prints, and the pipe fills up.</summary>
    public void StopReading() => _isDeaf = true;

    /// <summary>Sends it a signal.</summary>
    /// <param name="signal">As <c>kill</c> takes it.</param>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until it has printed this: it prints behind what it does.</summary>
    public Task SaysAsync(string words) => _changes.UntilAsync(() => Said.Any(line => line.Contains(words, StringComparison.Ordinal)), $"it prints {words}");

    /// <summary>Waits until it has ended by itself.</summary>
    public Task EndsAsync() => _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1));

    /// <summary>Kills it, where it runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (!_isDeaf && await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            Hear(line);
        }
    }

    private void Hear(string? line)
    {
        Said.Enqueue(line ?? "");
        _changes.Raise();
        if (line?.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
        {
            _address.TrySetResult(new Uri(line[(at + Listening.Length)..].Trim()));
        }
    }
}
