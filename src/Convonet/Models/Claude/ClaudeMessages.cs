using Anthropic.Models.Messages;

namespace Convonet.Models.Claude;

/// <summary>
/// Collects content blocks into messages by the API's rules: the first message is the user's, roles alternate, and the results of
/// tool calls stand first in the message after them. All three follow from joining neighbours of one role. And no message ends in
/// thinking, which therefore waits for what it led to.
/// </summary>
internal sealed class ClaudeMessages
{
    /// <summary>Stands for the user where a history begins with the assistant, for example with a greeting.</summary>
    private const string Opening = "(The conversation begins.)";

    private readonly List<(bool IsUser, List<ContentBlockParam> Blocks)> _messages = [];
    private readonly List<ContentBlockParam> _thinking = [];

    /// <summary>Adds a block that the user, or a tool, said; null adds nothing.</summary>
    public void AddUser(ContentBlockParam? block)
    {
        _thinking.Clear();
        Add(isUser: true, block);
    }

    /// <summary>Adds a block that the assistant said; null adds nothing.</summary>
    public void AddAssistant(ContentBlockParam? block)
    {
        if (block is null)
        {
            return;
        }

        foreach (var thinking in _thinking)
        {
            Add(isUser: false, thinking);
        }

        _thinking.Clear();
        Add(isUser: false, block);
    }

    /// <summary>Adds what the assistant thought before its next block; left out if there is none.</summary>
    public void AddThinking(ContentBlockParam block) => _thinking.Add(block);

    /// <summary>The provider is to cache all until here.</summary>
    public void MarkEnd()
    {
        if (_messages is [.., { Blocks: [.., var last] blocks }])
        {
            blocks[^1] = last.Value switch
            {
                TextBlockParam text => new TextBlockParam(text) { CacheControl = new CacheControlEphemeral() },
                ToolUseBlockParam call => new ToolUseBlockParam(call) { CacheControl = new CacheControlEphemeral() },
                ToolResultBlockParam result => new ToolResultBlockParam(result) { CacheControl = new CacheControlEphemeral() },
                _ => last,
            };
        }
    }

    /// <summary>The messages.</summary>
    public List<MessageParam> ToList()
    {
        var list = new List<MessageParam>(_messages.Count);
        foreach (var (isUser, blocks) in _messages)
        {
            list.Add(isUser ? new UserMessageParam(blocks) : new AssistantMessageParam(blocks));
        }

        return list;
    }

    private void Add(bool isUser, ContentBlockParam? block)
    {
        if (block is null)
        {
            return;
        }

        if (_messages.Count == 0 && !isUser)
        {
            _messages.Add((true, [new TextBlockParam(Opening)]));
        }

        if (_messages.Count == 0 || _messages[^1].IsUser != isUser)
        {
            _messages.Add((isUser, []));
        }

        _messages[^1].Blocks.Add(block);
    }
}
