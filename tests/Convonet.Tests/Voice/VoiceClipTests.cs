using Convonet.Conversations;
using Convonet.Speech.Recognition.Clips;
using Convonet.Tests.Speech.Recognition.Clips;

namespace Convonet.Tests.Voice;

/// <summary>Recordings beside speech.</summary>
public sealed class VoiceClipTests : IAsyncDisposable
{
    private readonly VoiceFixture _voice = new();
    private readonly ClipOptions _options = new() { Ffmpeg = "/nowhere/ffmpeg" };
    private readonly ClipDecoder _decoder;

    public VoiceClipTests()
    {
        _decoder = new ClipDecoder(_options);
        _voice.Clips = new ClipTranscriber(new EchoEar(), _decoder, _options, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _voice.DisposeAsync();
        _decoder.Dispose();
    }

    /// <summary>The client did not hear that it was accepted, and sends it again while the answer is spoken.</summary>
    [Fact]
    public async Task Record_TheSameAgain_DoesNotInterruptItsAnswer()
    {
        _voice.Talk.Model.Says("One two three four five six.");
        _voice.Create();
        Record("m4");
        await _voice.Client.UntilAsync(one => one is SessionEvent.SpeechEnd { Turn: 1 });

        Record("m4");
        await _voice.Client.UntilAsync(one => one is SessionEvent.Accepted { ClientMsgId: "m4", Turn: 1 });
        await _voice.DoneAsync();

        Assert.DoesNotContain(_voice.Client.Events, one => one is SessionEvent.Interrupted);
        Assert.Equal(0, _voice.Client.Dropped);
        Assert.Empty(_voice.Client.Begun.Skip(1));
    }

    [Fact]
    public async Task Record_MoreThanAMessageMayHold_IsRefusedAsOne()
    {
        _voice.MaxTextLength = 2;
        _voice.Create();

        Record("m4");
        var refused = (SessionEvent.Refused)await _voice.Client.UntilAsync(one => one is SessionEvent.Refused);

        Assert.Equal(("message_too_long", "m4"), (refused.Code, refused.ClientMsgId));
        Assert.True(_voice.Conversation.IsEmpty);
    }

    private void Record(string id)
    {
        var place = _voice.Clips!.TryEnter();
        Assert.NotNull(place);
        _voice.Session!.Record(id, EchoEar.Wav(1), place);
    }
}
