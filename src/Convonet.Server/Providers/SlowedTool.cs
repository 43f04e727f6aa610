using Microsoft.Extensions.AI;

namespace Convonet.Server.Providers;

/// <summary>A tool that takes a little longer, so that people who try the demo can see it work.</summary>
internal sealed class SlowedTool(AIFunction tool, TimeSpan delay, TimeProvider time) : DelegatingAIFunction(tool)
{
    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        await Task.Delay(delay, time, cancellationToken);
        return await base.InvokeCoreAsync(arguments, cancellationToken);
    }
}
