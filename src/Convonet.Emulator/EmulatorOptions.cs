using Convonet.Emulator.Recording;

namespace Convonet.Emulator;

/// <summary>How an emulator runs. The defaults feel like a quick model; tests set <see cref="FirstDelay"/> and <see cref="Gap"/> to zero.</summary>
public sealed record EmulatorOptions
{
    /// <summary>The port on 127.0.0.1.</summary>
    /// <value>0: any free port.</value>
    public int Port { get; init; }

    /// <summary>Silence before the first byte of an answer.</summary>
    /// <value>250 ms.</value>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Silence between two pieces of text. Parallel calls follow each other without it.</summary>
    /// <value>25 ms.</value>
    public TimeSpan Gap { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>
    /// Cuts the byte stream into writes of 1 to this many bytes, each flushed on its own, so that they end inside characters and JSON.
    /// </summary>
    /// <value>0: one write per event.</value>
    public int SplitBytes { get; init; }

    /// <summary>Seed of the sizes that <see cref="SplitBytes"/> allows: the same seed gives the same cuts.</summary>
    public int SplitSeed { get; init; } = 1;

    /// <summary>Faults for every request, in the form of the <c>x-emulator-fault</c> header, for example <c>stall;after=3;times=1</c>.</summary>
    public string? Faults { get; init; }

    /// <summary>The clock of every delay, and of the brain when the system prompt has no <c>Now:</c> line.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Serve HTTP/2 without TLS (prior knowledge) instead of HTTP/1.1, to see how clients behave on streams that share a connection.</summary>
    public bool Http2 { get; init; }

    /// <summary>
    /// Keep the bodies, headers and queries of requests for tests, and let gates be opened over HTTP. Switch it off where users talk to the
    /// emulator: then <see cref="RunningEmulator.Requests"/>, and what <see cref="Scripts.Script.When"/> sees, hold none of their words and no keys.
    /// </summary>
    /// <value>true.</value>
    public bool Record { get; init; } = true;

    /// <summary>Called when a request has ended; the command line prints a line from it.</summary>
    internal Action<RecordedRequest>? Ended { get; init; }
}
