using System.Text.Json;
using Convonet.Server.Mcp;

namespace Convonet.Tests.Mcp;

/// <summary>What is taken of a foreign schema.</summary>
public sealed class McpSchemaTests
{
    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"http://169.254.169.254/"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"/etc/passwd"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"items":[{"anyOf":[{"$ref":"other.json#/x"}]}]}}}""")]
    [InlineData("""{"type":"object","$defs":{"$ref":{"$ref":"https://x.example/"}}}""")]
    [InlineData("""{"type":"object","allOf":[{"$dynamicRef":"https://x.example/"}]}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":1}}}""")]
    [InlineData("""{"type":"object","$id":"https://x.example/","properties":{}}""")]
    public void Clean_SchemaThatRefersElsewhere_IsNotTaken(string schema) => Assert.Null(McpSchema.Clean(JsonElement.Parse(schema)));

    [Fact]
    public void Clean_SchemaThatIsTooLong_IsNotTaken() =>
        Assert.Null(McpSchema.Clean(JsonElement.Parse($$"""{"type":"object","description":"{{new string('x', 40_000)}}"}""")));

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/$defs/b"}},"$defs":{"b":{"type":"string"}}}""", null)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","pattern":"(a+)+$"}}}""", """{"type":"object","properties":{"a":{"type":"string"}}}""")]
    [InlineData("""{"type":"object","patternProperties":{"(a+)+$":{}}}""", """{"type":"object"}""")]
    [InlineData("""{"type":"object","properties":{"pattern":{"type":"string"},"id":{"type":"string"},"$ref":{"type":"string"}},"required":["pattern"]}""", null)]
    [InlineData("""{"type":"object","properties":{"a":{"default":{"$ref":"x","pattern":"y"}}}}""", null)]
    [InlineData("""{"type":"object","properties":{"a":{"anyOf":[{"type":"string"}]}},"anyOf":[{"required":["a"]}]}""", """{"type":"object","properties":{"a":{"anyOf":[{"type":"string"}]}}}""")]
    public void Clean_Schema_KeepsWhatCanBeUsed(string schema, string? cleaned)
    {
        var result = McpSchema.Clean(JsonElement.Parse(schema));

        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(cleaned ?? schema), result!.Value), result.ToString());
    }
}
