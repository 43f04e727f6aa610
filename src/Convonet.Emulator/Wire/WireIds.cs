namespace Convonet.Emulator.Wire;

/// <summary>Ids that look like the providers' own.</summary>
internal static class WireIds
{
    private const string Letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789";
    private const string Hex = "0123456789abcdef";

    internal static string Letters24(string prefix) => prefix + Random.Shared.GetString(Letters, 24);

    internal static string Hex48(string prefix) => prefix + Random.Shared.GetString(Hex, 48);
}
