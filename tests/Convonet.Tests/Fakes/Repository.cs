namespace Convonet.Tests.Fakes;

/// <summary>Finds files of the repository.</summary>
public static class Repository
{
    private static readonly string Root = Find(AppContext.BaseDirectory);

    /// <summary>The full path of a path in the repository.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Convonet.slnx")) ? folder
        : Find(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository."));
}
