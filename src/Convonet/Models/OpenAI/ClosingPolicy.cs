using System.ClientModel.Primitives;

namespace Convonet.Models.OpenAI;

/// <summary>
/// Closes the answer of a cancelled call. The SDK does so only once it has begun to read the answer's events: cancelled between the
/// headers and that, it would leave the connection open, and the model writing to nobody.
/// </summary>
internal sealed class ClosingPolicy : PipelinePolicy
{
    /// <inheritdoc/>
    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        ProcessNext(message, pipeline, currentIndex);
        CloseOnCancel(message);
    }

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        await ProcessNextAsync(message, pipeline, currentIndex);
        CloseOnCancel(message);
    }

    // Not in the transport: while that runs, the message's token is one that ends with it. Here it is the call's own, and the
    // registration ends with the call.
    private static void CloseOnCancel(PipelineMessage message) =>
        message.CancellationToken.UnsafeRegister(static response => ((PipelineResponse?)response)?.Dispose(), message.Response);
}
