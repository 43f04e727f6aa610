using Microsoft.Extensions.Options;

namespace Convonet.Server;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        try
        {
            await using var app = await ServerHost.BuildAsync(args);
            await app.RunAsync();
            return 0;
        }
        catch (OptionsValidationException error)
        {
            await Console.Error.WriteLineAsync($"Convonet cannot start: {string.Join(" ", error.Failures)}");
            return 1;
        }
    }
}
