using System.Diagnostics.Metrics;
using System.Globalization;
using Convonet.Telemetry;

namespace Convonet.Bench.Server;

/// <summary>The stages of spoken turns, as the server's own metrics tell them. Turns come one after the other, so what is told in the same place is of the same turn.</summary>
internal sealed class StageLog : IDisposable
{
    private static readonly string[] Names = ["transcript", "first_token", "first_clause", "first_audio"];

    private readonly Lock _lock = new();
    private readonly List<double>[] _seconds = [.. Names.Select(_ => new List<double>())];
    private readonly MeterListener _listener = new();

    public StageLog()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == ConvonetTelemetry.Name && Array.FindIndex(Names, name => instrument.Name == $"convonet.voice.time_to_{name}") is >= 0 and var stage)
            {
                listener.EnableMeasurementEvents(instrument, stage);
            }
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, stage) =>
        {
            lock (_lock)
            {
                _seconds[(int)stage!].Add(seconds);
            }
        });
        _listener.Start();
    }

    /// <summary>A turn a word: how long each stage took after the one before it, in ms; all since the last call.</summary>
    public string Take()
    {
        lock (_lock)
        {
            var turns = Enumerable.Range(0, _seconds[^1].Count).Select(turn =>
                string.Join(';', Enumerable.Range(1, Names.Length - 1).Select(stage => ((_seconds[stage][turn] - _seconds[stage - 1][turn]) * 1000).ToString(CultureInfo.InvariantCulture))));
            var told = string.Join(' ', turns);
            Array.ForEach(_seconds, static stage => stage.Clear());
            return told;
        }
    }

    public void Dispose() => _listener.Dispose();
}
