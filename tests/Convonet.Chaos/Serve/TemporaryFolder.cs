namespace Convonet.Chaos.Serve;

/// <summary>A folder with a store, deleted in the end.</summary>
internal sealed class TemporaryFolder(string prefix) : IDisposable
{
    /// <summary>Where it is.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory(prefix).FullName;

    /// <summary>A store in it.</summary>
    public string Store => $"Data Source={System.IO.Path.Combine(Path, "store.db")}";

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
