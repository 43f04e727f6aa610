using Convonet.Agents;
using Convonet.Models;
using Microsoft.Extensions.Logging;

namespace Convonet.Conversations;

/// <summary>What every conversation needs.</summary>
/// <param name="Graph">Runs the turns.</param>
/// <param name="Models">The providers.</param>
/// <param name="Options">Bounds.</param>
/// <param name="Time">The clock.</param>
/// <param name="LoggerFactory">For logs.</param>
public sealed record ConversationServices(
    AgentGraph Graph, ChatModels Models, ConversationOptions Options, TimeProvider Time, ILoggerFactory LoggerFactory)
{
    /// <summary>Where conversations are kept; by default nowhere beyond the process.</summary>
    public IConversationStore Store { get; init; } = new InMemoryConversationStore();

    /// <summary>How many turns are taken on.</summary>
    public TurnAdmission Admission { get; init; } = new(new AdmissionOptions());

    /// <summary>What models cost; by default nothing has a known price.</summary>
    public PriceTable Prices { get; init; } = PriceTable.Empty;

    /// <summary>Keeps answers, to give them again; null for none.</summary>
    public IAnswerCache? Answers { get; init; }

    /// <summary>How much each user may use; null for no limit.</summary>
    public IUsageBudget? Budget { get; init; }

    /// <summary>Keeps what is used beside turns; null where nobody asks.</summary>
    public IUsageLog? Usage { get; init; }

    /// <summary>What models are told of the user; by default date and time on the clock's local zone.</summary>
    public IUserFacts Facts { get; init; } = new ClockFacts(Time);
}
