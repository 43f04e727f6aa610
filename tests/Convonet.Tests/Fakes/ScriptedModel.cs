using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Convonet.Models;

namespace Convonet.Tests.Fakes;

/// <summary>A model that says what a test wrote for it, step by step, and keeps what it was asked.</summary>
/// <remarks>
/// <code>
/// var model = new ScriptedModel();
/// model.Step().Call("get_time").Call("get_weather", """{"city":"Bern"}""");
/// model.Step().Text("It is ").Wait(gate.Task).Text("noon.");
/// </code>
/// A step ends by itself with the end marker that fits (<see cref="FinishReason.ToolCalls"/> after a call). A request that has no step
/// left gets what <see cref="Otherwise"/> makes of it, and fails without that.
/// </remarks>
public sealed class ScriptedModel(string provider = "scripted", string? model = null) : IChatModel
{
    private readonly ConcurrentQueue<ScriptedStep> _steps = new();
    private readonly ConcurrentQueue<ModelRequest> _requests = new();

    public string Provider { get; } = provider;

    public string Model { get; } = model ?? $"{provider}-1";

    /// <summary>What it was asked, in order.</summary>
    public IReadOnlyList<ModelRequest> Requests => [.. _requests];

    /// <summary>Makes the step for a request that none was written for.</summary>
    public Func<ModelRequest, ScriptedStep>? Otherwise { get; set; }

    /// <summary>Like a library that does not listen: waits go on when the stream is cancelled.</summary>
    public bool IgnoresToken { get; set; }

    /// <summary>Adds the next step, to be written by its methods.</summary>
    public ScriptedStep Step()
    {
        var step = new ScriptedStep();
        _steps.Enqueue(step);
        return step;
    }

    /// <summary>Adds a step that says these pieces of text.</summary>
    public ScriptedModel Says(params IEnumerable<string> texts)
    {
        var step = Step();
        foreach (var text in texts)
        {
            step.Text(text);
        }

        return this;
    }

    public async IAsyncEnumerable<ModelUpdate> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        _requests.Enqueue(request);
        var step = _steps.TryDequeue(out var written) ? written
            : Otherwise?.Invoke(request) ?? throw new InvalidOperationException($"No step is written for request {request.StepId}.");
        await foreach (var update in step.PlayAsync(request, IgnoresToken ? CancellationToken.None : cancellationToken))
        {
            yield return update;
        }
    }
}
