using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Convonet.Conversations;

/// <summary>Another process has taken the conversation over: what this one still did would be refused, so it does nothing more. Its turns end where they go on: here they get no last event.</summary>
public sealed partial class Conversation
{
    private volatile bool _isSuperseded;
    private volatile bool _isBeingDeleted;

    /// <inheritdoc/>
    public bool IsSuperseded => _isSuperseded;

    /// <inheritdoc/>
    public bool IsDeleted => _isBeingDeleted && _isSuperseded;

    /// <summary>The store is told to delete it. It goes on until that is done: a write that the store refuses from now on says so before its answer.</summary>
    internal void BeginDeleting()
    {
        // It was there, even where nobody could say so: no message makes it anew.
        _isKept = true;
        _isBeingDeleted = true;
    }

    /// <summary>The store could not delete it.</summary>
    internal void StopDeleting() => _isBeingDeleted = false;

    /// <summary>The store has refused a write of this owner.</summary>
    internal void Supersede()
    {
        _isSuperseded = true;
        _commands.Writer.TryComplete();
        Events.Ring();
    }

    /// <summary>A bug ends this owner, not the conversation: the next one reads it from the store, and whoever waits here for an answer asks that one.</summary>
    private async ValueTask CarryOutOrLeaveAsync(ConversationCommand command)
    {
        try
        {
            await CarryOutAsync(command);
        }
        catch (Exception error)
        {
            // The border.
            LogBroken(error);
            Supersede();
            command.Fail(new ChannelClosedException());
        }
    }

    [LoggerMessage(LogLevel.Error, "A conversation broke, and is read from the store again.")]
    private partial void LogBroken(Exception error);
}
