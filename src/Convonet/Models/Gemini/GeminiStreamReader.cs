using System.Text.Json;

namespace Convonet.Models.Gemini;

/// <summary>Reads the chunks of one answer (<c>GenerateContentResponse</c> objects) into updates. One object per stream.</summary>
/// <remarks>
/// The hot path: a chunk of text allocates its text and its update, and its counts of tokens where they changed, nothing else. The list of updates is reused for every chunk.
/// </remarks>
/// <see href="https://ai.google.dev/api/generate-content#generatecontentresponse"/>
internal sealed class GeminiStreamReader(ModelRequest request)
{
    private readonly List<ModelUpdate> _updates = [];
    private StepBounds _calls;
    private bool _anyChunk;
    private bool _anyCandidate;
    private string? _finish;
    private bool _finishInChunk;
    private string? _blocked;
    private TokenCounts _tokens;
    private TokenCounts _told;

    /// <summary>What the last chunk brought; overwritten by the next one. A list, because enumerating an interface allocates.</summary>
    public List<ModelUpdate> Updates => _updates;

    /// <summary>
    /// Whether the answer's end came, so far as can be known: Gemini may give a reason and go on talking, which takes the end back.
    /// </summary>
    public bool IsComplete { get; private set; }

    /// <summary>Reads one chunk; has the shape of a <see cref="System.Net.ServerSentEvents.SseItemParser{T}"/>.</summary>
    /// <returns>Whether it brought updates.</returns>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="ModelException">It is an error, or not what the API documents.</exception>
    public bool Read(string eventType, ReadOnlySpan<byte> data)
    {
        _updates.Clear();
        _finishInChunk = false;
        var json = new Utf8JsonReader(data);
        json.Read();
        Expect(ref json, JsonTokenType.StartObject);
        _anyChunk = true;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("candidates"u8))
            {
                ReadCandidates(ref json, data);
            }
            else if (json.ValueTextEquals("usageMetadata"u8))
            {
                ReadUsage(ref json);
            }
            else if (json.ValueTextEquals("promptFeedback"u8))
            {
                ReadPromptFeedback(ref json);
            }
            else if (json.ValueTextEquals("error"u8))
            {
                json.Read();
                using var error = JsonDocument.ParseValue(ref json);
                throw GeminiError.FromEvent(error.RootElement);
            }
            else
            {
                json.Skip();
            }
        }

        json.Read(); // nothing may follow
        IsComplete = _finishInChunk || _blocked is not null || (IsComplete && _updates.Count == 0);
        TellTokens();
        return _updates.Count > 0;
    }

    /// <summary>What the end of the stream means: the one end of the step.</summary>
    /// <exception cref="ModelException">The stream was not finished.</exception>
    public IReadOnlyList<ModelUpdate> Complete()
    {
        _updates.Clear();
        var completed = Outcome();
        _updates.Add(completed);
        return _updates;
    }

    /// <summary>At once: who cuts the answer off hears no more of them.</summary>
    private void TellTokens()
    {
        if (_tokens != _told && _tokens.ToUsage() is { } usage)
        {
            _told = _tokens;
            _updates.Add(usage);
        }
    }

    private ModelUpdate.Completed Outcome()
    {
        if (_blocked is not null)
        {
            return new ModelUpdate.Completed(FinishReason.Blocked, _blocked);
        }

        if (_finish is not null)
        {
            return new ModelUpdate.Completed(GeminiFinish.ReasonOf(_finish, _calls.Calls > 0), _finish);
        }

        // An answer that offers no candidate at all is an empty answer; a candidate without an end was cut.
        return _anyChunk && !_anyCandidate
            ? new ModelUpdate.Completed(FinishReason.Stop, "no candidates")
            : throw new ModelException(ModelErrorKind.Unfinished, "Gemini's stream ended without a finishReason.");
    }

    private void ReadCandidates(ref Utf8JsonReader json, ReadOnlySpan<byte> data)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Null)
        {
            return;
        }

        Expect(ref json, JsonTokenType.StartArray);
        for (var first = true; json.Read() && json.TokenType != JsonTokenType.EndArray; first = false)
        {
            // One is asked for.
            if (!first)
            {
                json.Skip();
                continue;
            }

            Expect(ref json, JsonTokenType.StartObject);
            _anyCandidate = true;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("content"u8))
                {
                    ReadContent(ref json, data);
                }
                else if (json.ValueTextEquals("finishReason"u8))
                {
                    json.Read();
                    _finish = json.ValueTextEquals("STOP"u8) ? "STOP" : json.GetString();
                    _finishInChunk = _finish is not null;
                }
                else
                {
                    json.Skip();
                }
            }
        }
    }

    private void ReadContent(ref Utf8JsonReader json, ReadOnlySpan<byte> data)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Null)
        {
            return;
        }

        Expect(ref json, JsonTokenType.StartObject);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (!json.ValueTextEquals("parts"u8))
            {
                json.Skip();
                continue;
            }

            json.Read();
            if (json.TokenType == JsonTokenType.Null)
            {
                continue;
            }

            Expect(ref json, JsonTokenType.StartArray);
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                var part = GeminiPart.Read(ref json, data);
                part.AddTo(_updates, request, ref _calls);
            }
        }
    }

    private void ReadUsage(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Null)
        {
            return;
        }

        Expect(ref json, JsonTokenType.StartObject);
        var tokens = default(TokenCounts);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("promptTokenCount"u8))
            {
                tokens.Prompt = Number(ref json);
            }
            else if (json.ValueTextEquals("candidatesTokenCount"u8))
            {
                tokens.Candidates = Number(ref json);
            }
            else if (json.ValueTextEquals("thoughtsTokenCount"u8))
            {
                tokens.Thoughts = Number(ref json);
            }
            else if (json.ValueTextEquals("cachedContentTokenCount"u8))
            {
                tokens.Cached = Number(ref json);
            }
            else
            {
                json.Skip();
            }
        }

        _tokens = tokens;

        static long Number(ref Utf8JsonReader json)
        {
            json.Read();
            return json.GetInt64();
        }
    }

    private void ReadPromptFeedback(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Null)
        {
            return;
        }

        Expect(ref json, JsonTokenType.StartObject);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("blockReason"u8))
            {
                json.Read();
                _blocked = json.GetString();
            }
            else
            {
                json.Skip();
            }
        }
    }

    private static void Expect(ref Utf8JsonReader json, JsonTokenType type)
    {
        if (json.TokenType != type)
        {
            throw new ModelException(ModelErrorKind.Protocol, $"Gemini sent {json.TokenType} where {type} belongs.");
        }
    }

    // Every chunk repeats the counts; they are reported when they change.
    private record struct TokenCounts
    {
        public long Prompt { get; set; }

        public long Candidates { get; set; }

        public long Thoughts { get; set; }

        public long Cached { get; set; }

        public readonly ModelUpdate.Usage? ToUsage() =>
            Prompt + Candidates + Thoughts > 0 ? new ModelUpdate.Usage(Prompt, Candidates + Thoughts, Cached) : null;
    }
}
