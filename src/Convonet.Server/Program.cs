using System.Data.Common;
using Microsoft.Extensions.Options;

namespace Convonet.Server;

internal static class Program
{
    internal static async Task<int> Main(string[] args)
    {
        try
        {
            await using var app = await ServerHost.BuildAsync(args);
            await app.RunAsync();
            return 0;
        }
        catch (OptionsValidationException error)
        {
            return await CannotStartAsync(string.Join(" ", error.Failures));
        }
        catch (Exception error) when (error is IOException or FormatException or DbException or ArgumentException or InvalidOperationException)
        {
            // An address in use or not one, a fault that is not one, a database that cannot be opened, an option that is not of its type.
            return await CannotStartAsync(error.Message);
        }
    }

    private static async Task<int> CannotStartAsync(string why)
    {
        await Console.Error.WriteLineAsync($"Convonet cannot start: {why}");
        return 1;
    }
}
