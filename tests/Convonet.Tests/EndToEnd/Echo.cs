using Convonet.Tools;
using Microsoft.Extensions.AI;

namespace Convonet.Tests.EndToEnd;

/// <summary>The simplest tool: gives its text back.</summary>
internal static class Echo
{
    public static AIFunction Tool { get; } = ToolFactory.Create((string text) => text, "echo", "Gives the text back.");
}
