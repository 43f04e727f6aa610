using Convonet.Voice;

namespace Convonet.Server.Speech;

/// <summary>Speaks the phrases that are always the same once the server has started, so that none is waited for in a turn.</summary>
internal sealed class PhraseWarmup(VoiceEngines engines, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (engines.Output is not { Options.MakePhrases: true } output)
        {
            return;
        }

        try
        {
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var when = lifetime.ApplicationStarted.Register(started.SetResult);
            await started.Task.WaitAsync(stoppingToken);
            await FixedPhrases.MakeAsync(output, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops, or never started.
        }
    }
}
