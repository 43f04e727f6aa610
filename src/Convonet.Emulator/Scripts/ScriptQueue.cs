using Convonet.Emulator.Recording;

namespace Convonet.Emulator.Scripts;

/// <summary>Scripts that wait for their requests, first in, first out among those that match.</summary>
internal sealed class ScriptQueue
{
    private const int Capacity = 10_000;

    private readonly Lock _lock = new();
    private readonly LinkedList<(Script Script, int Left)> _waiting = new();

    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    internal void Add(Script script)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(script.Times, 1);
        lock (_lock)
        {
            if (_waiting.Count >= Capacity)
            {
                throw new InvalidOperationException($"More than {Capacity} scripts are waiting.");
            }

            _waiting.AddLast((script, script.Times));
        }
    }

    internal void Clear()
    {
        lock (_lock)
        {
            _waiting.Clear();
        }
    }

    internal Script? Take(RecordedRequest request)
    {
        lock (_lock)
        {
            for (var node = _waiting.First; node is not null; node = node.Next)
            {
                var (script, left) = node.Value;
                if (!script.Apis.HasFlag(request.Api) || script.When?.Invoke(request) == false)
                {
                    continue;
                }

                if (left > 1)
                {
                    node.Value = (script, left - 1);
                }
                else
                {
                    _waiting.Remove(node);
                }

                return script;
            }

            return null;
        }
    }
}
