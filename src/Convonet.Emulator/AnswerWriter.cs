using System.Text;
using Convonet.Emulator.Faults;
using Convonet.Emulator.Recording;
using Convonet.Emulator.Scripts;
using Convonet.Emulator.Wire;

namespace Convonet.Emulator;

/// <summary>Sends one answer: runs the script's steps at the options' pace, and lets faults happen where they are due.</summary>
internal sealed partial class AnswerWriter(
    HttpContext context, RecordedRequest record, WireFormat format, AnswerEncoder encoder, EmulatorOptions options, Func<string, ScriptGate> gates, bool stream)
{
    private static readonly TimeSpan TruncatedLinger = TimeSpan.FromSeconds(5);

    private readonly List<Fault> _due = [];
    private Random? _split;
    private int _splitBytes = options.SplitBytes;
    private TimeSpan _gap = options.Gap;
    private int _contents;
    private bool _paced;
    private bool _twice;

    /// <summary>Called before the emulator itself breaks the connection, which is not the client's doing.</summary>
    internal required Action BeforeCut { get; init; }

    internal async Task RunAsync(IReadOnlyList<ScriptStep> steps, IReadOnlyList<Fault> faults, CancellationToken cancellationToken)
    {
        await PrepareAsync(faults, cancellationToken);
        if (faults.Any(fault => fault.Name == "safety" && fault.Text("prompt") is not (null or "0")))
        {
            await SendAllAsync(encoder.BlockedPrompt(), cancellationToken);
            await CompleteAsync(Finish.Safety, cancellationToken);
            return;
        }

        if (await SendAllAsync(encoder.Begin(), cancellationToken) && await RunStepsAsync(steps, cancellationToken) is { } reason)
        {
            await EndAsync(reason, cancellationToken);
        }
    }

    private async Task PrepareAsync(IReadOnlyList<Fault> faults, CancellationToken cancellationToken)
    {
        foreach (var fault in faults)
        {
            switch (fault.Name)
            {
                case "gap" when fault.Text("after") is null:
                    _gap = fault.Milliseconds(1_000);
                    break;
                case "split":
                    _splitBytes = fault.Number("bytes", 7);
                    break;
                case "gap" or "stall" or "pings" or "cut" or "inband" or "badjson" or "twice" or "safety":
                    _due.Add(fault);
                    break;
            }
        }

        _split = _splitBytes > 0 ? new Random(options.SplitSeed) : null;
        context.Response.ContentType = stream ? format.StreamType : "application/json";
        context.Response.Headers.CacheControl = "no-cache";
        record.StatusCode = StatusCodes.Status200OK;
        var delay = faults.FirstOrDefault(fault => fault.Name == "delay");
        if (delay?.Text("headers") == "sent")
        {
            await context.Response.StartAsync(cancellationToken);
            await context.Response.Body.FlushAsync(cancellationToken);
        }

        await WaitAsync(delay?.Milliseconds(30_000) ?? options.FirstDelay, cancellationToken);
    }

    /// <summary>Null when a fault ended the answer.</summary>
    private async Task<Finish?> RunStepsAsync(IReadOnlyList<ScriptStep> steps, CancellationToken cancellationToken)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            var goOn = true;
            switch (steps[i])
            {
                case ScriptStep.SayStep say:
                    goOn = await SayAsync(say, cancellationToken);
                    break;
                case ScriptStep.StampsStep stamps:
                    goOn = await StampAsync(stamps, cancellationToken);
                    break;
                case ScriptStep.CallStep:
                    var calls = steps.Skip(i).TakeWhile(step => step is ScriptStep.CallStep).Cast<ScriptStep.CallStep>().ToList();
                    i += calls.Count - 1;
                    var isCutOff = i + 1 < steps.Count && steps[i + 1] is ScriptStep.FinishStep { Reason: Finish.MaxTokens };
                    goOn = await CallAsync(calls, isCutOff, cancellationToken);
                    break;
                case ScriptStep.FloodStep flood:
                    goOn = await FloodAsync(flood, cancellationToken);
                    break;
                case ScriptStep.GateStep gate:
                    await gates(gate.Name).PassAsync(cancellationToken);
                    break;
                case ScriptStep.DelayStep delay:
                    await WaitAsync(delay.Duration, cancellationToken);
                    break;
                case ScriptStep.FaultStep fault:
                    foreach (var parsed in Fault.ParseAll(fault.Fault))
                    {
                        goOn = goOn && await HappenAsync(parsed, cancellationToken);
                    }

                    break;
                case ScriptStep.FinishStep finish:
                    return finish.Reason;
            }

            if (!goOn)
            {
                return null;
            }
        }

        return Finish.Normal;
    }

    private async Task<bool> SayAsync(ScriptStep.SayStep say, CancellationToken cancellationToken)
    {
        foreach (var piece in say.Whole ? [say.Text] : TextPieces.Words(say.Text))
        {
            await PaceAsync(cancellationToken);
            if (!await SendAllAsync(encoder.Text(piece), cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    private async Task<bool> CallAsync(List<ScriptStep.CallStep> calls, bool isCutOff, CancellationToken cancellationToken)
    {
        await PaceAsync(cancellationToken);
        return await SendAllAsync(
            encoder.Calls([.. calls.Select((call, i) =>
                new AnswerCall(call.Id ?? encoder.NewCallId(), call.Name, call.Arguments, isCutOff && i == calls.Count - 1))]),
            cancellationToken);
    }

    private async Task<bool> FloodAsync(ScriptStep.FloodStep flood, CancellationToken cancellationToken)
    {
        bool goesOn;
        do
        {
            goesOn = await CallAsync([new(flood.Name, flood.Arguments)], isCutOff: false, cancellationToken);
        }
        while (goesOn && stream);
        return goesOn;
    }

    private async Task EndAsync(Finish reason, CancellationToken cancellationToken)
    {
        // Faults that wait for more content than there was happen before the end marker.
        foreach (var fault in _due.ToList())
        {
            if (!await HappenAsync(fault, cancellationToken))
            {
                return;
            }
        }

        _due.Clear();
        await SendAllAsync(encoder.End(reason), cancellationToken);
        await CompleteAsync(reason, cancellationToken);
    }

    private async Task CompleteAsync(Finish reason, CancellationToken cancellationToken)
    {
        if (!stream)
        {
            await WriteAsync(WireJson.Text(encoder.Whole(reason)), cancellationToken);
        }

        record.LastSent();
    }

    private async Task<bool> SendAllAsync(IEnumerable<WireEvent> events, CancellationToken cancellationToken)
    {
        foreach (var wireEvent in events)
        {
            if (wireEvent.IsContent)
            {
                var now = _due.Where(fault => fault.Number("after", DefaultAfter(fault)) <= _contents).ToList();
                _due.RemoveAll(now.Contains);
                foreach (var fault in now)
                {
                    if (!await HappenAsync(fault, cancellationToken))
                    {
                        return false;
                    }
                }

                _contents++;
            }

            if (stream)
            {
                await WriteAsync(wireEvent.Text, cancellationToken);
                if (_twice && wireEvent.IsContent)
                {
                    _twice = false;
                    await WriteAsync(wireEvent.Text, cancellationToken);
                }
            }
        }

        return true;
    }

    private static int DefaultAfter(Fault fault) => fault.Name == "safety" ? 2 : 3;

    private async Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> left = Encoding.UTF8.GetBytes(text);
        while (left.Length > 0)
        {
            var length = _split is null ? left.Length : Math.Min(left.Length, _split.Next(1, _splitBytes + 1));
            await context.Response.Body.WriteAsync(left[..length], cancellationToken);
            await context.Response.Body.FlushAsync(cancellationToken);
            left = left[length..];
        }

        record.ChunkSent();
    }

    private async Task PaceAsync(CancellationToken cancellationToken)
    {
        if (_paced)
        {
            await WaitAsync(_gap, cancellationToken);
        }

        _paced = true;
    }

    private Task WaitAsync(TimeSpan time, CancellationToken cancellationToken) =>
        time > TimeSpan.Zero ? Task.Delay(time, options.Time, cancellationToken) : Task.CompletedTask;
}
