using Convonet.Conversations;

namespace Convonet.Server.Transport.WebSockets;

/// <summary>The greeting of clients that expect one.</summary>
internal sealed partial class VoiceConnection
{
    private readonly CancellationTokenSource _leaving = new();
    private Task? _welcoming;

    /// <summary>Waits for the pump, apart from the outbox: with its sound it is larger than all that waits there.</summary>
    private byte[]? _welcome;

    /// <summary>Greets once, aloud where something speaks.</summary>
    private void Welcome(string name)
    {
        if (_framing.Defaults.IsWelcomed)
        {
            _welcoming ??= Task.Run(() => WelcomeAsync($"Welcome back, {name}! I'm your Convonet productivity assistant. How can I help you today?"));
        }
    }

    /// <summary>Never throws.</summary>
    private async Task WelcomeAsync(string text)
    {
        try
        {
            var audio = await _answers.SpeakAsync(text, _leaving.Token);
            Volatile.Write(ref _welcome, EventJson.Encode(new SessionEvent.WelcomeGreeting(text, audio)));
            Wake();
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // The client is gone.
        }
    }

    private async ValueTask EndWelcomeAsync()
    {
        await _leaving.CancelAsync();
        await (_welcoming ?? Task.CompletedTask);
        _leaving.Dispose();
    }
}
