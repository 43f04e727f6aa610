using Convonet.Agents;
using Convonet.Conversations;
using Convonet.Models;
using Convonet.Server.Conversations;
using Convonet.Server.Store;
using Convonet.Server.Todos;
using Convonet.Streams;
using Convonet.Tools;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Convonet.Chaos.Child;

/// <summary>The server without its doors: the real store, conversations, graph and tools. Doors cost the time that a campaign of hundreds of starts does not have.</summary>
internal static class ChildServices
{
    public static ServiceProvider Build(string database, ChildOptions options, ProcessLog log)
    {
        var services = new ServiceCollection();
        services.AddSingleton(TimeProvider.System);
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(log));
        services.AddStore(database);
        services.AddSingleton<StrayTasks>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ToolRunner>(
            provider, new ToolCatalog([.. TodoTools.All(), .. new ChaosTools(log).All()]), new ToolOptions { Limit = TimeSpan.FromSeconds(30) }));

        // A turn that is interrupted again and again needs more rounds and more tries than people would wait for.
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<AgentGraph>(
            provider, new AgentOptions { MaxRounds = 64, StreamIteration = TimeSpan.FromSeconds(30), Execution = TimeSpan.FromMinutes(2) }));
        services.AddSingleton(new ChatModels([new ProviderEntry(new WorkingModel(log, repeats: !options.Naive), Configured: true, Emulated: false)], "chaos", []));
        services.AddSingleton<TextJournal>();
        services.AddSingleton<ConversationStore>();
        services.AddSingleton<IConversationStore>(provider => options.Naive
            ? ActivatorUtilities.CreateInstance<NaiveConversationStore>(provider)
            : provider.GetRequiredService<ConversationStore>());
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ConversationServices>(provider, new ConversationOptions { MaxTries = 1000 }) with
        {
            Store = provider.GetRequiredService<IConversationStore>(),
        });
        services.AddSingleton<LocalConversationDirectory>();
        return services.BuildServiceProvider();
    }
}
