using Convonet.Chaos.Serve;

namespace Convonet.Chaos.Host;

/// <summary>What a server does while something is wrong with its machine.</summary>
internal enum Expected
{
    /// <summary>No message is accepted.</summary>
    RefusesAll,

    /// <summary>What still finds room is accepted, the rest is refused.</summary>
    RefusesSome,

    /// <summary>As if nothing were wrong.</summary>
    Serves,

    /// <summary>Messages may have to wait.</summary>
    ServesLate,

    /// <summary>Who is connected is served; nobody new gets in.</summary>
    ServesOldLines,

    /// <summary>No new message is accepted, since there is too much already; what was accepted goes on.</summary>
    Sheds,
}

/// <summary>Something that goes wrong with the machine, and is mended.</summary>
internal abstract class HostFault(string name, Expected expected) : IAsyncDisposable
{
    /// <summary>Which.</summary>
    public string Name => name;

    /// <summary>What the server does meanwhile.</summary>
    public Expected Expected => expected;

    /// <summary>The store of the server.</summary>
    public abstract string Store { get; }

    /// <summary>Messages that are part of it, and accepted.</summary>
    public virtual IReadOnlyList<string> Said => [];

    /// <summary>The program that starts the server, with its arguments; empty where none is needed.</summary>
    public virtual IReadOnlyList<string> Launcher => [];

    /// <summary>Why it cannot be tried here; null when it can.</summary>
    public virtual Task<string?> PrepareAsync() => Task.FromResult<string?>(null);

    /// <summary>Breaks it.</summary>
    public abstract Task BreakAsync(ServerProcess server);

    /// <summary>Mends it.</summary>
    public abstract Task HealAsync();

    public abstract ValueTask DisposeAsync();
}
