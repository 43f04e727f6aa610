using Convonet.Tests.Fakes;

namespace Convonet.Tests.Architecture;

/// <summary>Which type something becomes is never read from the data itself: then no client, provider or tool can choose it.</summary>
public sealed class DataTypesTests
{
    [Theory]
    [InlineData("BinaryFormatter")]
    [InlineData("TypeNameHandling")]
    [InlineData("JsonPolymorphic")]
    [InlineData("JsonDerivedType")]
    [InlineData("Type.GetType(")]
    [InlineData("XmlSerializer")]
    [InlineData("DataContractSerializer")]
    public void Sources_NowhereReadATypeFromData(string name) =>
        Assert.DoesNotContain(Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories), file => File.ReadAllText(file).Contains(name, StringComparison.Ordinal));
}
