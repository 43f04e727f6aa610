using System.ClientModel.Primitives;

namespace Convonet.Models.OpenAI;

/// <summary>Turns error statuses into <see cref="ModelException"/>s inside the SDK's pipeline: the SDK's own exceptions hold the body, which may repeat the user's words, or the key.</summary>
internal sealed class StatusPolicy(TimeProvider time) : PipelinePolicy
{
    /// <inheritdoc/>
    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        ProcessNext(message, pipeline, currentIndex);
        ThrowOnError(message);
    }

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        await ProcessNextAsync(message, pipeline, currentIndex);
        ThrowOnError(message);
    }

    private void ThrowOnError(PipelineMessage message)
    {
        if (message.Response is { IsError: true } response)
        {
            using (response)
            {
                throw OpenAIFailure.Of(response, time);
            }
        }
    }
}
