namespace Convonet.Emulator;

internal static class Program
{
    private static async Task Main()
    {
        await using var emulator = await EmulatorHost.StartAsync(new EmulatorOptions { Port = 4010 });
        Console.WriteLine(AboutText.Addresses(emulator.BaseAddress));
        await Task.Delay(Timeout.Infinite);
    }
}
