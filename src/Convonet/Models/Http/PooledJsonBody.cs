using System.ClientModel;

namespace Convonet.Models.Http;

/// <summary>A <see cref="PooledJsonContent"/> as the SDK of OpenAI takes it. Whoever creates it disposes it, also when the SDK has done so.</summary>
/// <param name="content">The body; owned by this.</param>
internal sealed class PooledJsonBody(PooledJsonContent content) : BinaryContent
{
    /// <inheritdoc/>
    public override bool TryComputeLength(out long length)
    {
        length = content.Headers.ContentLength ?? 0;
        return true;
    }

    /// <inheritdoc/>
    public override void WriteTo(Stream stream, CancellationToken cancellationToken = default) => content.CopyTo(stream, null, cancellationToken);

    /// <inheritdoc/>
    public override Task WriteToAsync(Stream stream, CancellationToken cancellationToken = default) => content.CopyToAsync(stream, cancellationToken);

    /// <inheritdoc/>
    public override void Dispose() => content.Dispose();
}
