namespace Convonet.Tests.Fakes;

/// <summary>Tests that run while no other test does: they look at counters that the process has once, replace what it has once, or take the whole machine.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
