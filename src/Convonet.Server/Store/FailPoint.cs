using System.Diagnostics;
using System.Globalization;

namespace Convonet.Server.Store;

/// <summary>
/// Places where a test can make the process die, fail or wait: <c>CONVONET_FAIL_AT=name:n:kill|throw|sleep|crash</c> acts at the n-th passage. Without the variable a
/// passage costs one look at a null.
/// </summary>
internal static class FailPoint
{
    /// <summary>Names of the places that each turn passes, for campaigns.</summary>
    public static readonly IReadOnlyList<string> OfTurns =
    [
        "accept.before_commit", "accept.after_commit", "plan.before_commit", "plan.after_commit", "tool.in_tx", "tool.after_commit",
        "record.before_commit", "record.after_commit", "step.before_commit", "step.after_commit", "terminal.before_commit", "terminal.after_commit",
        "take_over.before_commit", "take_over.after_commit", "delta.before_commit", "delta.after_commit",
    ];

    /// <summary>Names of all places.</summary>
    public static readonly IReadOnlyList<string> Names = [.. OfTurns, "lease.renew", "usage.after_commit"];

    private static volatile Plan? _planned;

    /// <summary>Told before it throws or waits; for a process whose parent counts.</summary>
    public static Action? Acts { get; set; }

    /// <summary>Whether there is a plan: then every passage must be one that a user caused.</summary>
    public static bool IsPlanned => _planned is not null;

    /// <summary>Passes a place.</summary>
    public static void Pass(string name) => _planned?.Pass(name);

    /// <summary>Plans anew, and counts passages from here; for a process that warms up first.</summary>
    /// <param name="plan">As the variable has it; empty for none.</param>
    /// <param name="other">A place of the caller's own.</param>
    /// <exception cref="FormatException">There is no such plan.</exception>
    public static void Arm(string plan, string? other = null) => _planned = Plan.Read(plan, other is null ? Names : [.. Names, other]);

    /// <summary>Plans what the variable says, if it is set.</summary>
    /// <exception cref="FormatException">It would never act.</exception>
    public static void ReadEnvironment()
    {
        if (Environment.GetEnvironmentVariable("CONVONET_FAIL_AT") is { Length: > 0 } plan)
        {
            Arm(plan);
        }
    }

    private sealed class Plan
    {
        private readonly string _name;
        private readonly int _passage;
        private readonly string _act;
        private readonly ThrownErrors? _thrown;
        private int _passed;

        private Plan(string name, int passage, string act)
        {
            (_name, _passage, _act) = (name, passage, act);
            _thrown = act == "crash" ? new ThrownErrors() : null;
        }

        public static Plan? Read(string? text, IReadOnlyList<string> names)
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                return null;
            }

            return text.Split(':') is [var name, var n, ("kill" or "throw" or "sleep" or "crash") and var act] && names.Contains(name) && int.TryParse(n, CultureInfo.InvariantCulture, out var passage) && passage > 0
                ? new Plan(name, passage, act)
                : throw new FormatException($"CONVONET_FAIL_AT must be name:n:kill, name:n:throw, name:n:sleep or name:n:crash; n counts from 1, and the names are {string.Join(", ", names)}.");
        }

        public void Pass(string place)
        {
            if (place != _name || Interlocked.Increment(ref _passed) != _passage)
            {
                return;
            }

            switch (_act)
            {
                case "kill":
                    Process.GetCurrentProcess().Kill();
                    Thread.Sleep(Timeout.Infinite); // the signal is on its way
                    break;
                case "crash":
                    // On a thread of its own, where nobody catches it.
                    new Thread(() => throw _thrown!.Together(place)).Start();
                    Thread.Sleep(Timeout.Infinite); // the end is on its way
                    break;
                case "throw":
                    Acts?.Invoke();
                    throw new IOException($"Fail-point {place}.");
                default:
                    Acts?.Invoke();
                    Thread.Sleep(TimeSpan.FromSeconds(2)); // what was asked for
                    break;
            }
        }
    }
}
