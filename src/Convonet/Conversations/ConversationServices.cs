using Convonet.Agents;
using Convonet.Models;
using Microsoft.Extensions.Logging;

namespace Convonet.Conversations;

/// <summary>What every conversation needs.</summary>
/// <param name="Graph">Runs the turns.</param>
/// <param name="Models">The providers.</param>
/// <param name="Options">Bounds.</param>
/// <param name="Time">The clock; its local time zone is what models are told.</param>
/// <param name="LoggerFactory">For logs.</param>
public sealed record ConversationServices(
    AgentGraph Graph, ChatModels Models, ConversationOptions Options, TimeProvider Time, ILoggerFactory LoggerFactory);
