using System.Buffers.Text;
using System.Diagnostics;
using Convonet.Bench;
using Convonet.Emulator;

namespace Convonet.Load.Client;

/// <summary>One session: asks, and notes how long each piece of the answers was on its way.</summary>
internal sealed class LoadSession : IFrameSink, IAsyncDisposable
{
    private const int VoiceFrames = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WireClient _client = null!;
    private TaskCompletionSource<bool> _waited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _began;
    private long _first;
    private long _ended;
    private int _turns;

    /// <summary>What it found.</summary>
    public Observed Observed { get; private set; } = new();

    /// <summary>Opens a session that talks with a provider's model.</summary>
    public static async Task<LoadSession> ConnectAsync(Door door, string provider)
    {
        var session = await ConnectIdleAsync(door);
        await session.AskAsync($$$"""{"event":"set_provider","data":{"provider":"{{{provider}}}"}}""");
        return session;
    }

    /// <summary>Opens a session that is only there.</summary>
    public static async Task<LoadSession> ConnectIdleAsync(Door door)
    {
        var session = new LoadSession();
        session._client = await WireClient.ConnectAsync(door.Address, door.Cookie, session);
        await session._ready.Task.WaitAsync(Patience);
        return session;
    }

    /// <summary>Has a turn that is not counted: what a conversation costs once is no part of what its turns cost.</summary>
    public async Task BeginAsync()
    {
        await TurnAsync();
        (Observed, _began) = (new Observed(), 0);
    }

    /// <summary>Asks something and waits for the end of the answer.</summary>
    public async Task TurnAsync()
    {
        _first = 0;
        _began = Stopwatch.GetTimestamp();
        Note(await AskAsync($$$"""{"event":"user_message","data":{"text":"Question {{{++_turns}}}"}}"""));
    }

    /// <summary>Says something and waits for the end of the answer's text.</summary>
    public async Task SpokenTurnAsync()
    {
        await AskAsync("""{"event":"start_recording","data":{"mode":"hands_free"}}""");
        await _client.SendSoundAsync(Sounds.Silence, Sounds.EndOfSpeechFrames);
        _first = 0;
        _waited = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _client.SendSoundAsync(Sounds.Voice, VoiceFrames);
        _began = Stopwatch.GetTimestamp();
        await _client.SendSoundAsync(Sounds.Silence, Sounds.EndOfSpeechFrames);
        Note(await _waited.Task.WaitAsync(Patience));
    }

    public void Take(long at, ReadOnlySpan<byte> frame, bool isText)
    {
        if (!isText)
        {
            Observed.SoundFrames++;
        }
        else if (frame.StartsWith("{\"event\":\"agent_stream_chunk\""u8))
        {
            TakeText(at, frame);
        }
        else if (frame.StartsWith("{\"event\":\"agent_response\""u8))
        {
            _ended = at;
            _waited.TrySetResult(true);
        }
        else if (frame.StartsWith("{\"event\":\"error\""u8))
        {
            _waited.TrySetResult(false);
        }
        else if (frame.StartsWith("{\"event\":\"connected\""u8))
        {
            _ready.TrySetResult();
        }
        else if (_began == 0 && (frame.StartsWith("{\"event\":\"status\""u8) || frame.StartsWith("{\"event\":\"recording\""u8)))
        {
            _waited.TrySetResult(true);
        }
    }

    public void End() => _waited.TrySetResult(false);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    /// <summary>A frame may hold several pieces that came together.</summary>
    private void TakeText(long at, ReadOnlySpan<byte> frame)
    {
        if (_first == 0)
        {
            _first = at;
        }

        for (int mark; (mark = frame.IndexOf((byte)StampedText.Mark)) >= 0;)
        {
            frame = frame[(mark + 1)..];
            if (Utf8Parser.TryParse(frame, out long sent, out var digits) && digits == StampedText.Digits)
            {
                Observed.TransitMs.Add(Milliseconds(sent, at));
            }
        }

        Observed.Frames++;
    }

    private async Task<bool> AskAsync(string message)
    {
        _waited = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _client.SendTextAsync(message);
        return await _waited.Task.WaitAsync(Patience);
    }

    private void Note(bool isAnswered)
    {
        if (!isAnswered)
        {
            Observed.Errors++;
            return;
        }

        Observed.FirstMs.Add(_first == 0 ? 0 : Milliseconds(_began, _first));
        Observed.TurnMs.Add(Milliseconds(_began, _ended));
    }

    private static double Milliseconds(long from, long to) => (to - from) * 1000.0 / Stopwatch.Frequency;
}

/// <summary>Where a session comes in.</summary>
/// <param name="Address">The WebSocket's address.</param>
/// <param name="Cookie">Whose session it is; null where nobody asks.</param>
internal sealed record Door(Uri Address, string? Cookie);
