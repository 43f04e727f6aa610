namespace Convonet.Conversations;

/// <summary>There is such a conversation, and no room for it in memory now: it is to be asked for again, and not to be given up.</summary>
public sealed class DirectoryFullException() : Exception("There are too many conversations in memory.");
