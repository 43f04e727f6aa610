using System.Globalization;

namespace Convonet.Chaos.Parent;

/// <summary>
/// The clients of the campaign: each conversation always has a few messages under way. What a process did not acknowledge, or did not answer, is sent again to
/// the next one under the same id, as the page does.
/// </summary>
internal sealed class Talk
{
    private const int Window = 3;

    private readonly Lock _lock = new();
    private readonly List<string> _underWay = [];
    private readonly Dictionary<string, (string Conversation, Guid User)> _homes = [];
    private readonly Dictionary<string, int> _accepted = [];
    private readonly List<string> _contradictions = [];
    private readonly TaskCompletionSource _quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HashSet<string> _passing = [];
    private TaskCompletionSource? _passed;
    private RunningChild? _child;
    private bool _finishing;

    /// <summary>All messages, with where they were sent.</summary>
    public IReadOnlyDictionary<string, (string Conversation, Guid User)> Messages => _homes;

    /// <summary>The turns of those that were acknowledged.</summary>
    public IReadOnlyDictionary<string, int> Accepted => _accepted;

    /// <summary>What the processes said that cannot both be true.</summary>
    public IReadOnlyList<string> Contradictions => _contradictions;

    /// <summary>Talks to this process from now on.</summary>
    public void TurnTo(RunningChild child)
    {
        lock (_lock)
        {
            _child = child;
            child.Said = words => Hear(child, words);
            _underWay.ForEach(Send);
            foreach (var home in Users.Conversations)
            {
                Fill(home);
            }
        }
    }

    /// <summary>Waits until all that is under way now has ended.</summary>
    /// <returns>Whether it has in time.</returns>
    public async Task<bool> GoesOnAsync(TimeSpan limit)
    {
        Task going;
        lock (_lock)
        {
            _passing = [.. _underWay];
            _passed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            going = _passed.Task;
            LookForPassed();
        }

        return await Task.WhenAny(going, Task.Delay(limit)) == going;
    }

    /// <summary>Sends nothing new, and waits until all that was sent has ended.</summary>
    /// <returns>What has not.</returns>
    public async Task<IReadOnlyList<string>> FinishAsync(TimeSpan limit)
    {
        lock (_lock)
        {
            _finishing = true;
            LookForQuiet();
        }

        await Task.WhenAny(_quiet.Task, Task.Delay(limit));
        lock (_lock)
        {
            return [.. _underWay];
        }
    }

    private void Hear(RunningChild child, string[] words)
    {
        lock (_lock)
        {
            if (child != _child)
            {
                return; // it has a successor, and does not know yet
            }

            switch (words)
            {
                case ["accepted", var message, var number]:
                    var turn = int.Parse(number, CultureInfo.InvariantCulture);
                    if (!_accepted.TryAdd(message, turn) && _accepted[message] != turn)
                    {
                        _contradictions.Add($"{message} was turn {_accepted[message]} and is turn {turn}");
                    }

                    break;
                case ["ended", var message, _] when _underWay.Remove(message):
                    _passing.Remove(message);
                    Fill(_homes[message]);
                    LookForPassed();
                    LookForQuiet();
                    break;
                case ["refused", var message, _] when _underWay.Contains(message):
                    Send(message);
                    break;
            }
        }
    }

    private void Fill((string Conversation, Guid User) home)
    {
        while (!_finishing && _underWay.Count(message => _homes[message] == home) < Window)
        {
            var message = string.Create(CultureInfo.InvariantCulture, $"m{_homes.Count + 1}");
            _homes.Add(message, home);
            _underWay.Add(message);
            Send(message);
        }
    }

    private void Send(string message) => _child!.Send($"submit {_homes[message].Conversation} {_homes[message].User} {message}");

    private void LookForPassed()
    {
        if (_passing.Count == 0)
        {
            _passed?.TrySetResult();
        }
    }

    private void LookForQuiet()
    {
        if (_finishing && _underWay.Count == 0)
        {
            _quiet.TrySetResult();
        }
    }
}
