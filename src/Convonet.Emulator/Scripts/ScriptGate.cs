namespace Convonet.Emulator.Scripts;

/// <summary>A named point in a script where answers wait until the test lets them on. Once open it stays open.</summary>
public sealed class ScriptGate
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal ScriptGate()
    {
    }

    /// <summary>Completes when an answer has come to the gate: all that its script said before has been sent.</summary>
    public Task Reached => _reached.Task;

    /// <summary>Lets the waiting answers, and all later ones, on.</summary>
    public void Open() => _opened.TrySetResult();

    internal Task PassAsync(CancellationToken cancellationToken)
    {
        _reached.TrySetResult();
        return _opened.Task.WaitAsync(cancellationToken);
    }
}
