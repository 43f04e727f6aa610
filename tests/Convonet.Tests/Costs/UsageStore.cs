using Convonet.Conversations;
using Convonet.Models;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Costs;

/// <summary>A store that remembers only what turns used.</summary>
internal sealed class UsageStore : StandInStore
{
    public List<Used> Used { get; } = [];

    /// <summary>Without what was guessed.</summary>
    public IEnumerable<Used> Told => Used.Where(one => one.Kind != UsageKind.Guessed);

    public override ValueTask EndAsync(TurnEnd ending, CancellationToken cancellationToken)
    {
        Used.AddRange(ending.Used);
        return default;
    }
}
