using Convonet.Models.OpenAI;
using Microsoft.Extensions.Logging.Abstractions;

namespace Convonet.Tests.Models.OpenAI;

public sealed class OpenAIModelFactoryTests
{
    [Theory]
    [InlineData(OpenAIApi.Auto, "https://api.openai.com/v1", typeof(OpenAIResponsesModel))]
    [InlineData(OpenAIApi.Auto, "http://localhost:11434/v1", typeof(OpenAIChatModel))]
    [InlineData(OpenAIApi.Chat, "https://api.openai.com/v1", typeof(OpenAIChatModel))]
    [InlineData(OpenAIApi.Responses, "http://localhost:11434/v1", typeof(OpenAIResponsesModel))]
    public void Create_Api_DecidesTheModel(OpenAIApi api, string address, Type expected)
    {
        using var http = new HttpClient();

        var model = OpenAIModelFactory.Create(http, new OpenAIOptions { Api = api, BaseAddress = new Uri(address) }, NullLoggerFactory.Instance);

        Assert.IsType(expected, model);
        Assert.Equal("openai", model.Provider);
        Assert.Equal(OpenAIOptions.DefaultModel, model.Model);
    }
}
