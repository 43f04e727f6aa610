using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using Convonet.Chaos.Serve;

namespace Convonet.Chaos.Overload;

/// <summary>Many clients, each with one message under way at most. They share the cores with the server, so they do no more than they must: only the last event of a turn is read.</summary>
internal sealed class Crowd : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentQueue<Member> _idle = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _listening = [];
    private int _members;

    private Crowd()
    {
    }

    /// <summary>Where it is counted.</summary>
    public Tally Tally { get; set; } = new();

    /// <summary>Connects them.</summary>
    public static async Task<Crowd> ConnectAsync(Uri voice, int members)
    {
        var crowd = new Crowd();
        foreach (var batch in Enumerable.Range(0, members).Chunk(50))
        {
            await Task.WhenAll(batch.Select(async _ =>
            {
                var member = new Member(await VoiceLine.ConnectAsync(voice, crowd._stop.Token));
                crowd._idle.Enqueue(member);
                lock (crowd._listening)
                {
                    crowd._members++;
                    crowd._listening.Add(Task.Run(() => crowd.ListenAsync(member)));
                }
            }));
        }

        return crowd;
    }

    /// <summary>So many clients ask again as soon as they have their answer.</summary>
    public async Task AskAllTheTimeAsync(int clients, TimeSpan time)
    {
        var until = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async _ =>
        {
            while (Stopwatch.GetTimestamp() < until && _idle.TryDequeue(out var member))
            {
                await member.AskAsync(Tally, _stop.Token);
            }
        }));
    }

    /// <summary>So many messages a second, whatever becomes of them.</summary>
    public async Task AskAtAsync(double rate, TimeSpan time)
    {
        var began = Stopwatch.GetTimestamp();
        var sent = 0;
        for (var elapsed = TimeSpan.Zero; elapsed < time; elapsed = Stopwatch.GetElapsedTime(began))
        {
            for (var due = (int)(elapsed.TotalSeconds * rate); sent < due; sent++)
            {
                if (_idle.TryDequeue(out var member))
                {
                    _ = member.AskAsync(Tally, _stop.Token); // its end is heard by the one who listens
                }
            }

            await Task.Delay(Tick);
        }
    }

    /// <summary>Waits until nothing is under way.</summary>
    public async Task DrainAsync(TimeSpan limit)
    {
        for (var began = Stopwatch.GetTimestamp(); _idle.Count < _members && Stopwatch.GetElapsedTime(began) < limit;)
        {
            await Task.Delay(Tick);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_listening);
        while (_idle.TryDequeue(out var member))
        {
            member.Line.Dispose();
        }

        _stop.Dispose();
    }

    private async Task ListenAsync(Member member)
    {
        try
        {
            while (true)
            {
                var frame = await member.Line.NextFrameAsync(_stop.Token);
                if (Is(frame, "accepted"u8))
                {
                    Tally.Accept();
                }
                else if (Is(frame, "error"u8) || Is(frame, "agent_response"u8))
                {
                    Take(member, VoiceLine.Parse(frame.Span));
                    member.Done();
                    _idle.Enqueue(member);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }
        catch (WebSocketException error)
        {
            Tally.Dropped.Add(error.Message);
        }
    }

    /// <summary>Whether it is an event of this name: the server writes that first.</summary>
    private static bool Is(ReadOnlyMemory<byte> frame, ReadOnlySpan<byte> name)
    {
        var begin = "{\"event\":\""u8;
        return frame.Span.StartsWith(begin) && frame.Span[begin.Length..].StartsWith(name) && frame.Span[begin.Length + name.Length] == (byte)'"';
    }

    private void Take(Member member, Heard heard)
    {
        if (heard.Name == "error" && heard["code"] == "overloaded")
        {
            Tally.Refuse(member.ElapsedMs, heard["retry_after_ms"] is not null);
        }
        else if (heard["outcome"] == "completed")
        {
            Tally.Turns.Add(member.ElapsedMs);
        }
        else
        {
            Tally.Dropped.Add(heard.Data.GetRawText());
        }
    }

    /// <summary>A client, and its message that is under way.</summary>
    private sealed class Member(VoiceLine line)
    {
        private const int IdLength = 32;

        private long _asked;
        private readonly byte[] _frame = """{"event":"user_message","data":{"text":"Say something.","client_msg_id":"00000000000000000000000000000000"}}"""u8.ToArray();
        private TaskCompletionSource _done = new();

        public VoiceLine Line => line;

        public double ElapsedMs => Stopwatch.GetElapsedTime(_asked).TotalMilliseconds;

        public async Task AskAsync(Tally tally, CancellationToken cancellationToken)
        {
            tally.Send();
            _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
            var done = _done.Task;
            _asked = Stopwatch.GetTimestamp();
            Guid.NewGuid().TryFormat(_frame.AsSpan(_frame.Length - IdLength - "\"}}".Length), out _, "N");
            await line.SendAsync(_frame, cancellationToken);
            await done.WaitAsync(cancellationToken);
        }

        public void Done() => _done.TrySetResult();
    }
}
