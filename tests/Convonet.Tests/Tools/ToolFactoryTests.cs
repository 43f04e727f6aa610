using Convonet.Tools;

namespace Convonet.Tests.Tools;

/// <summary>What can be no tool is told where it is made, and not by each provider in each answer.</summary>
public sealed class ToolFactoryTests
{
    private static readonly string TooLong = new('a', 65);

    private static readonly Delegate[] NoTools = [(TimeProvider time) => "", (Stream sound) => "", (Func<int> next) => "", (IFormattable value) => ""];

    private static readonly Delegate[] Methods =
        [(ToolContext context, CancellationToken token, IServiceProvider services) => "", (IReadOnlyList<string> names, int? count, object? any) => "", (DateOnly day, Uri address, Dictionary<string, int> of) => ""];

    public static TheoryData<string> NoNames => ["", "get weather!", "wétter", TooLong];

    [Theory]
    [MemberData(nameof(NoNames))]
    public void Create_NameThatNoProviderTakes_IsRefused(string name) =>
        Assert.Contains("1 to 64 letters", Assert.Throws<ArgumentException>(() => ToolFactory.Create(static () => "", name, "x")).Message, StringComparison.Ordinal);

    [Fact]
    public void Create_ParameterThatNoModelCanWrite_IsRefused() => Assert.All(NoTools, method =>
        Assert.Contains("Tool x: no model can write the parameter", Assert.Throws<ArgumentException>(() => ToolFactory.Create(method, "x", "x")).Message, StringComparison.Ordinal));

    [Fact]
    public void Create_ParametersThatAreSuppliedOrWritten_IsATool() => Assert.All(Methods, method => Assert.Equal("get-it_2", ToolFactory.Create(method, "get-it_2", "x").Name));

    [Fact]
    public void Catalog_TwoToolsOfOneName_SaysWhich() => Assert.Equal(
        "Two tools are named 'x': a model could not tell them apart. Rename one.",
        Assert.Throws<ArgumentException>(() => new ToolCatalog([ToolFactory.Create(static () => "", "x", "x"), ToolFactory.Create(static () => "", "x", "y")])).Message);
}
