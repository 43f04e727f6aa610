using Convonet.Tests.Fakes;

namespace Convonet.Tests.Transport;

/// <summary>The golden samples of the wire.</summary>
internal static class WireSamples
{
    public static IEnumerable<string> Server => All.Where(name => !IsClients(name));

    public static IEnumerable<string> Client => All.Where(IsClients);

    private static IEnumerable<string> All =>
        Directory.EnumerateFiles(Repository.PathOf("tests", "wire"), "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    public static byte[] Read(string sample) => File.ReadAllBytes(Repository.PathOf("tests", "wire", sample + ".json"));

    private static bool IsClients(string sample) => sample.StartsWith("client.", StringComparison.Ordinal);
}
