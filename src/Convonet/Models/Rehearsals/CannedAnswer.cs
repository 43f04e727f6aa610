using System.Text;

namespace Convonet.Models.Rehearsals;

/// <summary>A provider's answer as it goes over the wire.</summary>
/// <param name="Begin">What comes before text.</param>
/// <param name="Delta">A piece of text.</param>
/// <param name="End">What comes behind it.</param>
internal sealed record CannedAnswer(byte[] Begin, byte[] Delta, byte[] End)
{
    /// <summary>The answer of a provider.</summary>
    public static CannedAnswer Of(string provider) => provider switch
    {
        // A comment is no event: Gemini's stream begins with text.
        "gemini" => Make(
            ": \n\n",
            """data: {"candidates":[{"content":{"parts":[{"text":" word"}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":3,"totalTokenCount":13},"modelVersion":"gemini-3.5-flash-lite","responseId":"abcdefghijklmnopqrstuv"}""",
            """data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":3,"totalTokenCount":13},"modelVersion":"gemini-3.5-flash-lite","responseId":"abcdefghijklmnopqrstuv"}"""),
        "claude" => Make(
            """
            event: message_start
            data: {"type":"message_start","message":{"id":"msg_01","type":"message","role":"assistant","model":"claude-haiku-5-5","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":10,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1}}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}
            """,
            """
            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" word"}}
            """,
            """
            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":3}}

            event: message_stop
            data: {"type":"message_stop"}
            """),
        "openai" => Make(
            """
            event: response.created
            data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","created_at":1700000000,"status":"in_progress","model":"gpt-6-luna","output":[]}}

            event: response.output_item.added
            data: {"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"msg_1","type":"message","status":"in_progress","content":[],"role":"assistant"}}
            """,
            """
            event: response.output_text.delta
            data: {"type":"response.output_text.delta","sequence_number":2,"item_id":"msg_1","output_index":0,"content_index":0,"delta":" word","logprobs":[]}
            """,
            """
            event: response.completed
            data: {"type":"response.completed","sequence_number":3,"response":{"id":"resp_1","object":"response","created_at":1700000000,"status":"completed","model":"gpt-6-luna","output":[],"usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":0},"output_tokens":3,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":13}}}
            """),
        _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, "There is no such provider."),
    };

    private static CannedAnswer Make(string begin, string delta, string end) => new(Bytes(begin), Bytes(delta), Bytes(end));

    private static byte[] Bytes(string events) => Encoding.UTF8.GetBytes(events.ReplaceLineEndings("\n") + "\n\n");
}
