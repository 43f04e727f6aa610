namespace Convonet.Models;

/// <summary>
/// The tool calls of one step while a model writes them. It numbers them in the order in which they begin, and decides when each is
/// ready: a cut answer must never make half a call run.
/// </summary>
/// <param name="request">Names the calls.</param>
/// <param name="updates">Where the updates go.</param>
internal sealed class StepToolCalls(ModelRequest request, List<ModelUpdate> updates)
{
    private readonly List<PendingToolCall> _calls = [];
    private StepBounds _bounds;

    /// <summary>Whether the model asked for any tool that became ready.</summary>
    public bool AnyReady { get; private set; }

    /// <summary>Begins the next call. A name that the provider has not sent yet may follow by <see cref="SetName"/>.</summary>
    public PendingToolCall Begin(string? name)
    {
        var call = new PendingToolCall(request.CallId(_bounds.Begin()));
        _calls.Add(call);
        SetName(call, name);
        return call;
    }

    /// <summary>Names a call; the first name counts.</summary>
    public void SetName(PendingToolCall call, string? name)
    {
        if (call.Started || string.IsNullOrEmpty(name))
        {
            return;
        }

        call.Name = name;
        Start(call);
    }

    /// <summary>Adds a piece of a call's arguments.</summary>
    public void Append(PendingToolCall call, string? json)
    {
        if (string.IsNullOrEmpty(json) || call.Ready)
        {
            return;
        }

        _bounds.Add(json.Length);
        call.Append(json);
        if (call.Started)
        {
            updates.Add(new ModelUpdate.ToolArgumentsDelta(call.Id, json));
        }
    }

    /// <summary>Counts thoughts that are to go back to their provider, in characters: they share the bound of the arguments.</summary>
    /// <exception cref="ModelException">It is too much.</exception>
    public void CountThoughts(int length) => _bounds.Add(length);

    /// <summary>
    /// Makes a call ready if its arguments are whole. Otherwise it waits: it was cut off, its pieces come mixed with another's, or it
    /// has no arguments, which looks the same as being cut off before the first of them.
    /// </summary>
    public void ReadyIfWhole(PendingToolCall call)
    {
        if (!call.Ready && call.IsWhole)
        {
            MakeReady(call);
        }
    }

    /// <summary>Marks a call's end, and makes it ready if that is certain.</summary>
    public void Close(PendingToolCall call)
    {
        call.Closed = true;
        ReadyIfWhole(call);
    }

    /// <summary>The model went on after the calls that are closed, so that none of them was cut off.</summary>
    public void ReleaseClosed()
    {
        foreach (var call in _calls)
        {
            if (call.Closed)
            {
                MakeReady(call);
            }
        }
    }

    /// <summary>The step ends by itself: every call is ready, and what is wrong with its arguments is for the tool to say.</summary>
    public void ReleaseAll()
    {
        foreach (var call in _calls)
        {
            MakeReady(call);
        }
    }

    /// <summary>The step is cut off: only calls whose arguments are whole are ready, the others are dropped.</summary>
    public void ReleaseWhole()
    {
        foreach (var call in _calls)
        {
            ReadyIfWhole(call);
        }
    }

    private void Start(PendingToolCall call)
    {
        call.Started = true;
        updates.Add(new ModelUpdate.ToolCallStarted(call.Id, call.Name));
    }

    private void MakeReady(PendingToolCall call)
    {
        if (call.Ready)
        {
            return;
        }

        if (!call.Started)
        {
            Start(call);
        }

        call.Ready = true;
        AnyReady = true;
        updates.Add(new ModelUpdate.ToolCallReady(call.ToToolCall()));
    }
}
