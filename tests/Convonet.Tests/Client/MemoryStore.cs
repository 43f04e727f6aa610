using Convonet.Client;

namespace Convonet.Tests.Client;

/// <summary>Keeps a session as long as the test.</summary>
internal sealed class MemoryStore : ISessionStore
{
    public KeptSession? Kept { get; private set; }

    public KeptSession? Load() => Kept;

    public void Save(KeptSession session) => Kept = session;
}
