namespace Convonet.Emulator;

internal static class Program
{
    private static void Main() => Console.WriteLine("placeholder");
}
