namespace Convonet.Chaos;

/// <summary>The people who talk, and where.</summary>
internal static class Users
{
    /// <summary>Their ids.</summary>
    public static readonly IReadOnlyList<Guid> Ids = [new("0198a000-0000-7000-8000-00000000000a"), new("0198a000-0000-7000-8000-00000000000b")];

    /// <summary>Their conversations: one user has two, whose turns run side by side and touch the same rows.</summary>
    public static readonly IReadOnlyList<(string Conversation, Guid User)> Conversations = [("c_one", Ids[0]), ("c_two", Ids[0]), ("c_three", Ids[1])];
}
