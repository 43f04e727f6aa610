using System.Runtime.CompilerServices;
using Convonet.Models;
using Convonet.Tools;

namespace Convonet.Tests.Fakes;

/// <summary>One step of a <see cref="ScriptedModel"/>.</summary>
public sealed class ScriptedStep
{
    private readonly List<Func<ModelRequest, CancellationToken, Task<ModelUpdate?>>> _script = [];
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _calls;
    private bool _asked;
    private FinishReason? _reason;
    private bool _unfinished;

    /// <summary>Completes when the model is asked for this step.</summary>
    public Task Begun => _begun.Task;

    /// <summary>Completes when the stream is closed, whoever closed it.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Says a piece of text.</summary>
    public ScriptedStep Text(string text, ProviderData? data = null) => Say(_ => new ModelUpdate.TextDelta(text, data));

    /// <summary>Says a piece of text that does not go together with what follows, though both may wait: the data keeps them apart.</summary>
    public ScriptedStep Apart(string text) => Text(text, new ProviderData("scripted", "{}"));

    /// <summary>Begins to write a call; <see cref="Call"/> makes it ready.</summary>
    public ScriptedStep Asked(string name)
    {
        var ordinal = _calls;
        _asked = true;
        return Say(request => new ModelUpdate.ToolCallStarted(request.CallId(ordinal), name));
    }

    /// <summary>Asks for a tool: the call is begun, unless it was, and ready.</summary>
    public ScriptedStep Call(string name, string arguments = "{}", ProviderData? data = null)
    {
        if (!_asked)
        {
            Asked(name);
        }

        var ordinal = _calls++;
        _asked = false;
        return Say(request => new ModelUpdate.ToolCallReady(new ToolCall(request.CallId(ordinal), name, arguments, data)));
    }

    /// <summary>Tells the tokens so far.</summary>
    public ScriptedStep Usage(long input, long output, long cached = 0) => Say(_ => new ModelUpdate.Usage(input, output, cached));

    /// <summary>Says nothing until the test opens the gate.</summary>
    public ScriptedStep Wait(Task gate) => Add(async (_, token) =>
    {
        await gate.WaitAsync(token);
        return null;
    });

    /// <summary>Tells the test that everything before this was taken.</summary>
    public ScriptedStep Signal(TaskCompletionSource reached) => Add((_, _) =>
    {
        reached.TrySetResult();
        return Task.FromResult<ModelUpdate?>(null);
    });

    /// <summary>Never says anything again.</summary>
    public ScriptedStep Hang() => Wait(new TaskCompletionSource().Task);

    /// <summary>Fails.</summary>
    public ScriptedStep Fail(Exception error) => Add((_, _) => Task.FromException<ModelUpdate?>(error));

    /// <summary>Fails as an adapter does.</summary>
    public ScriptedStep Fail(ModelErrorKind kind, TimeSpan? retryAfter = null) => Fail(new ModelException(kind, "The script says so.", retryAfter));

    /// <summary>Ends with this reason instead of the one that fits.</summary>
    public ScriptedStep End(FinishReason reason)
    {
        _reason = reason;
        return this;
    }

    /// <summary>Closes without an end marker.</summary>
    public ScriptedStep BreakOff()
    {
        _unfinished = true;
        return this;
    }

    internal async IAsyncEnumerable<ModelUpdate> PlayAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _begun.TrySetResult();
        try
        {
            foreach (var act in _script)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (await act(request, cancellationToken) is { } update)
                {
                    yield return update;
                }
            }

            if (!_unfinished)
            {
                yield return new ModelUpdate.Completed(_reason ?? (_calls > 0 ? FinishReason.ToolCalls : FinishReason.Stop));
            }
        }
        finally
        {
            _closed.TrySetResult();
        }
    }

    private ScriptedStep Say(Func<ModelRequest, ModelUpdate> update) => Add((request, _) => Task.FromResult<ModelUpdate?>(update(request)));

    private ScriptedStep Add(Func<ModelRequest, CancellationToken, Task<ModelUpdate?>> act)
    {
        _script.Add(act);
        return this;
    }
}
