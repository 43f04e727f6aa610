using Convonet.Speech;
using Convonet.Voice;

namespace Convonet.Server.Speech;

/// <summary>Speaks the phrases that are always the same once the server has started, so that none is waited for in a turn.</summary>
internal sealed class PhraseWarmup(SpeechOptions options, IServiceProvider services, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.MakePhrases)
        {
            return;
        }

        try
        {
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var when = lifetime.ApplicationStarted.Register(started.SetResult);
            await started.Task.WaitAsync(stoppingToken);

            // Only now: engines load their voices when they are made, which the start does not wait for.
            if (services.GetRequiredService<VoiceEngines>().Output is { } output)
            {
                await FixedPhrases.MakeAsync(output, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops, or never started.
        }
    }
}
