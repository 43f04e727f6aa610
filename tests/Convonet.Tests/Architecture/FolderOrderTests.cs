using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Convonet.Tests.Architecture;

/// <summary>Data flows one way: a folder of the library may use only folders listed before it.</summary>
public sealed partial class FolderOrderTests
{
    private static readonly string[] Order = ["Telemetry", "Streams", "Audio", "Speech", "Turns", "Tools", "Models", "Agents", "Conversations", "Voice"];

    [Fact]
    public void Library_EveryFile_UsesOnlyEarlierFolders()
    {
        string[] roots = [Path.Combine(RepositoryRoot(), "src", "Convonet"), Path.Combine(RepositoryRoot(), "src", "Convonet.Protocol")];
        (string Root, string Path)[] files = [.. roots.SelectMany(root => Directory.GetFiles(root, "*.cs", SearchOption.AllDirectories).Select(file => (root, file)))];
        var wrong =
            from one in files
            let root = one.Root
            let file = one.Path
            let folder = Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar)[0]
            from Match used in UsedFolder().Matches(File.ReadAllText(file))
            where Array.IndexOf(Order, used.Groups[1].Value) > Array.IndexOf(Order, folder)
            select $"{Path.GetRelativePath(root, file)} uses {used.Groups[1].Value}";

        Assert.NotEmpty(files);
        Assert.Empty(wrong);
    }

    [Fact]
    public void Library_EveryFolder_IsInTheOrder()
    {
        var folders = Directory.GetDirectories(Path.Combine(RepositoryRoot(), "src", "Convonet")).Select(Path.GetFileName).Except(["obj", "bin"]);

        Assert.All(folders, folder => Assert.Contains(folder, Order));
    }

    [Fact]
    public void UsedFolder_UseOfALaterFolder_IsSeen() => Assert.Matches(UsedFolder(), "using Convonet.Agents;");

    [Fact]
    public void Source_EveryFile_HasAtMost300Lines()
    {
        var files = Directory.GetFiles(Path.Combine(RepositoryRoot(), "src"), "*.*", SearchOption.AllDirectories)
            .Where(file => file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".js", StringComparison.Ordinal))
            .Where(file => !file.Contains("Migrations", StringComparison.Ordinal) && !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

        Assert.All(files, file => Assert.True(File.ReadLines(file).Count() <= 300, $"{file} has more than 300 lines."));
    }

    private static string RepositoryRoot([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "../../.."));

    [GeneratedRegex(@"(?<![\w.])Convonet\.(Telemetry|Streams|Audio|Speech|Turns|Tools|Models|Agents|Conversations|Voice)(?=[.;])")]
    private static partial Regex UsedFolder();
}
