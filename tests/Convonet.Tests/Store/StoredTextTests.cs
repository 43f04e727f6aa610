using Convonet.Server.Store;

namespace Convonet.Tests.Store;

public sealed class StoredTextTests
{
    /// <summary>Not in attributes: these are kept as UTF-8, in which half a pair has no form.</summary>
    private static readonly (string Text, string Kept)[] Texts =
    [
        ("", ""), ("plain", "plain"), ("a\0b", "a\uFFFDb"), ("🎉", "🎉"), ("\uD83C", "\uFFFD"), ("\uDF89", "\uFFFD"), ("a\uD83C\uD83C\uDF89\0", "a\uFFFD🎉\uFFFD"),
    ];

    [Fact]
    public void Clean_AnyText_CanBeKept() => Assert.Equal(Texts.Select(one => one.Kept), Texts.Select(one => StoredText.Clean(one.Text)));

    [Fact]
    public void Clean_GoodText_IsTheSameObject()
    {
        var text = new string('ü', 3);
        Assert.Same(text, StoredText.Clean(text));
    }
}
