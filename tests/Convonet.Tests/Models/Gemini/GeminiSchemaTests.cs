using System.Text.Json;
using System.Text.Json.Nodes;
using Convonet.Models.Gemini;
using Microsoft.Extensions.AI;

namespace Convonet.Tests.Models.Gemini;

public sealed class GeminiSchemaTests
{
    /// <summary>One property of a tool, what becomes of it, and what is lost.</summary>
    public static TheoryData<string, string, string> Properties => new()
    {
        // plain types and their keywords
        { """{"type":"string","description":"D","title":"T"}""", """{"type":"STRING","title":"T","description":"D"}""", "" },
        { """{"type":"boolean"}""", """{"type":"BOOLEAN"}""", "" },
        { """{"type":"string","minLength":1,"maxLength":9,"pattern":"^a"}""", """{"type":"STRING","minLength":"1","maxLength":"9","pattern":"^a"}""", "" },
        { """{"type":"integer","minimum":1,"maximum":9}""", """{"type":"INTEGER","minimum":1,"maximum":9}""", "" },
        { """{"type":"integer","exclusiveMinimum":0,"exclusiveMaximum":10}""", """{"type":"INTEGER","minimum":1,"maximum":9}""", "" },
        { """{"type":"number","exclusiveMinimum":0.5}""", """{"type":"NUMBER","minimum":0.5}""", "$.p: exclusiveMinimum" },
        { """{"type":"number","minimum":1,"exclusiveMinimum":true}""", """{"type":"NUMBER","minimum":1}""", "$.p: exclusiveMinimum" },
        { """{"type":"integer","multipleOf":5}""", """{"type":"INTEGER"}""", "$.p: multipleOf" },
        { """{"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":3}""", """{"type":"ARRAY","minItems":"1","maxItems":"3","items":{"type":"INTEGER"}}""", "" },
        { """{"type":"array","items":{"type":"string"},"uniqueItems":true}""", """{"type":"ARRAY","items":{"type":"STRING"}}""", "$.p: uniqueItems" },
        { """{"type":"array"}""", """{"type":"ARRAY","items":{"type":"STRING"}}""", "$.p: any items" },
        { """{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}]}""", """{"type":"ARRAY","items":{"anyOf":[{"type":"STRING"},{"type":"INTEGER"}]}}""", "$.p: tuple" },

        // formats
        { """{"type":"string","format":"date-time"}""", """{"type":"STRING","format":"date-time"}""", "" },
        { """{"type":"string","format":"email","description":"To"}""", """{"type":"STRING","description":"To Format: email."}""", "$.p: format email" },
        { """{"type":"integer","format":"int32"}""", """{"type":"INTEGER","format":"int32"}""", "" },
        { """{"type":"integer","format":"uint8"}""", """{"type":"INTEGER","description":"Format: uint8."}""", "$.p: format uint8" },
        { """{"type":"number","format":"double"}""", """{"type":"NUMBER","format":"double"}""", "" },
        { """{"type":"number","format":"int64"}""", """{"type":"NUMBER","description":"Format: int64."}""", "$.p: format int64" },

        // enums and constants
        { """{"type":"string","enum":["a","b"]}""", """{"type":"STRING","format":"enum","enum":["a","b"]}""", "" },
        { """{"enum":["a","b"]}""", """{"type":"STRING","format":"enum","enum":["a","b"]}""", "" },
        { """{"enum":["a",null]}""", """{"type":"STRING","format":"enum","enum":["a"],"nullable":true}""", "" },
        { """{"type":["string","null"],"enum":["a",null]}""", """{"type":"STRING","format":"enum","enum":["a"],"nullable":true}""", "" },
        { """{"type":"string","enum":["","a"]}""", """{"type":"STRING","format":"enum","enum":["a"]}""", "$.p: empty enum value" },
        { """{"type":"string","enum":[]}""", """{"type":"STRING"}""", "" },
        { """{"type":"integer","enum":[1,2]}""", """{"type":"INTEGER","description":"One of: 1, 2."}""", "$.p: enum" },
        { """{"enum":[1,2.5],"type":"number"}""", """{"type":"NUMBER","description":"One of: 1, 2.5."}""", "$.p: enum" },
        { """{"enum":["a",1]}""", """{"anyOf":[{"type":"STRING","format":"enum","enum":["a"]},{"type":"INTEGER","description":"One of: 1."}]}""", "$.p: enum" },
        { """{"const":"x"}""", """{"type":"STRING","format":"enum","enum":["x"]}""", "" },
        { """{"const":true}""", """{"type":"BOOLEAN","description":"One of: true."}""", "$.p: enum" },
        { """{"type":"string","default":"x"}""", """{"type":"STRING","description":"Default: x."}""", "" },
        { """{"type":["integer","null"],"default":null}""", """{"type":"INTEGER","nullable":true}""", "" },

        // null
        { """{"type":["string","null"]}""", """{"type":"STRING","nullable":true}""", "" },
        { """{"type":"string","nullable":true}""", """{"type":"STRING","nullable":true}""", "" },
        { """{"anyOf":[{"type":"string"},{"type":"null"}],"description":"D"}""", """{"type":"STRING","description":"D","nullable":true}""", "" },
        { """{"oneOf":[{"type":"null"},{"type":"integer","description":"Own"}],"description":"D"}""", """{"type":"INTEGER","description":"Own","nullable":true}""", "" },

        // unions: nothing may stand beside anyOf
        { """{"anyOf":[{"type":"string"},{"type":"integer"}],"description":"D"}""", """{"anyOf":[{"type":"STRING","description":"D"},{"type":"INTEGER","description":"D"}]}""", "" },
        { """{"oneOf":[{"type":"string"},{"type":"integer"},{"type":"null"}]}""", """{"anyOf":[{"type":"STRING","nullable":true},{"type":"INTEGER","nullable":true}]}""", "" },
        { """{"type":["string","integer"]}""", """{"anyOf":[{"type":"STRING"},{"type":"INTEGER"}]}""", "" },
        { """{"anyOf":[{"const":"a"},{"const":"b"},{"type":"null"}]}""", """{"type":"STRING","format":"enum","enum":["a","b"],"nullable":true}""", "" },
        { """{"type":"string","anyOf":[{"minLength":3},{"pattern":"x"}]}""", """{"anyOf":[{"type":"STRING","minLength":"3"},{"type":"STRING","pattern":"x"}]}""", "" },

        // allOf
        { """{"allOf":[{"type":"integer","minimum":1},{"minimum":3,"maximum":9},{"maximum":7}]}""", """{"type":"INTEGER","minimum":3,"maximum":7}""", "" },
        { """{"allOf":[{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]},{"properties":{"b":{"type":"integer"}},"required":["b"]}]}""", """{"type":"OBJECT","properties":{"a":{"type":"STRING"},"b":{"type":"INTEGER"}},"required":["a","b"]}""", "" },

        // objects
        { """{"type":"object","properties":{"a":{"type":"string"}},"required":["a","ghost"],"additionalProperties":false}""", """{"type":"OBJECT","properties":{"a":{"type":"STRING"}},"required":["a"]}""", "$.p: additionalProperties" },
        { """{"type":"object"}""", """{"type":"OBJECT","properties":{"key":{"type":"STRING"}},"description":"Any property names are allowed; \u0022key\u0022 stands for them."}""", "$.p: any properties" },
        { """{"type":"object","additionalProperties":{"type":"integer"}}""", """{"type":"OBJECT","properties":{"key":{"type":"INTEGER"}},"description":"Any property names are allowed; \u0022key\u0022 stands for them."}""", "$.p: any properties, $.p: additionalProperties" },
        { """{"type":"object","properties":{"a":{"type":"string"}},"patternProperties":{"^x":{}}}""", """{"type":"OBJECT","properties":{"a":{"type":"STRING"}}}""", "$.p: patternProperties" },

        // missing types
        { """{"properties":{"a":{"type":"string"}}}""", """{"type":"OBJECT","properties":{"a":{"type":"STRING"}}}""", "" },
        { """{"items":{"type":"string"}}""", """{"type":"ARRAY","items":{"type":"STRING"}}""", "" },
        { """{"minimum":2}""", """{"type":"NUMBER","minimum":2}""", "" },
        { """{"pattern":"x"}""", """{"type":"STRING","pattern":"x"}""", "" },
        { """{"description":"Anything"}""", """{"type":"STRING","description":"Anything"}""", "$.p: any type" },
        { "true", """{"type":"STRING"}""", "$.p: any type" },

        // references
        { """{"$ref":"#/$defs/City"}""", """{"type":"STRING","description":"A city"}""", "" },
        { """{"$ref":"#/$defs/City","description":"Where to"}""", """{"type":"STRING","description":"Where to"}""", "" },
        { """{"$ref":"#/$defs/a~1b%20c"}""", """{"type":"BOOLEAN"}""", "" },
        { """{"type":"array","items":{"$ref":"#/$defs/City"}}""", """{"type":"ARRAY","items":{"type":"STRING","description":"A city"}}""", "" },
        { """{"anyOf":[{"$ref":"#/$defs/City"},{"type":"null"}]}""", """{"type":"STRING","description":"A city","nullable":true}""", "" },
        { """{"$ref":"#/$defs/Node"}""", """{"type":"OBJECT","properties":{"name":{"type":"STRING"}}}""", "$.p.children[]: recursive $ref" },
        { """{"$ref":"#/$defs/Maybe"}""", """{"type":"OBJECT","properties":{"v":{"type":"INTEGER"}},"nullable":true}""", "$.p.next: recursive $ref" },
        { """{"$ref":"https://example.org/schema","type":"string"}""", """{"type":"STRING"}""", "$.p: $ref" },

        // what describes the schema only
        { """{"type":"string","$comment":"c","examples":["x"],"deprecated":true}""", """{"type":"STRING"}""", "" },
        { """{"type":"string","x-order":1}""", """{"type":"STRING"}""", "$.p: x-order" },
    };

    [Theory]
    [MemberData(nameof(Properties))]
    public void Convert_OneProperty_GivesTheSubset(string property, string expected, string lost)
    {
        var schema = """
            {
              "$schema": "https://json-schema.org/draft/2020-12/schema",
              "type": "object",
              "properties": {"p": PROPERTY},
              "$defs": {
                "City": {"type": "string", "description": "A city"},
                "a/b c": {"type": "boolean"},
                "Node": {"type": "object", "properties": {"name": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}}}, "required": ["children"]},
                "Maybe": {"anyOf": [{"type": "null"}, {"type": "object", "properties": {"v": {"type": "integer"}, "next": {"$ref": "#/$defs/Maybe"}}}]}
              }
            }
            """;

        var result = GeminiSchema.Convert(JsonElement.Parse(schema.Replace("PROPERTY", property, StringComparison.Ordinal)));

        Assert.Equal("{\"type\":\"OBJECT\",\"properties\":{\"p\":" + expected + "}}", result.Parameters?.ToJsonString());
        Assert.Equal(lost, string.Join(", ", result.Lost));
    }

    [Theory]
    [InlineData("""{"type":"object"}""")]
    [InlineData("""{"type":"object","properties":{}}""")]
    [InlineData("{}")]
    [InlineData("true")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":false}}""")]
    [InlineData("""{"type":"object","properties":{"me":{"$ref":"#"}}}""")]
    [InlineData("""{"$ref":"#/$defs/A","$defs":{"A":{"$ref":"#/$defs/B"},"B":{"$ref":"#/$defs/A"}}}""")]
    public void Convert_NothingToSay_HasNoParameters(string schema) => Assert.Null(GeminiSchema.Convert(JsonElement.Parse(schema)).Parameters);

    [Fact]
    public void Convert_RootReference_IsFollowed()
    {
        var result = GeminiSchema.Convert(JsonElement.Parse("""{"$ref":"#/$defs/A","$defs":{"A":{"type":"object","properties":{"a":{"type":"string"}}}}}"""));

        Assert.Equal("""{"type":"OBJECT","properties":{"a":{"type":"STRING"}}}""", result.Parameters?.ToJsonString());
        Assert.Empty(result.Lost);
    }

    [Fact]
    public void Convert_RootUnion_AllowsThePropertiesOfEveryBranch()
    {
        var schema = """
            {"type":"object","properties":{"id":{"type":"string"}},"required":["id"],
             "oneOf":[{"properties":{"a":{"type":"string"},"c":{"type":"string"}},"required":["a","c"]},
                      {"properties":{"b":{"type":"string"},"c":{"type":"string"}},"required":["b","c"]}]}
            """;

        var result = GeminiSchema.Convert(JsonElement.Parse(schema));

        Assert.Equal(
            """{"type":"OBJECT","properties":{"id":{"type":"STRING"},"a":{"type":"STRING"},"c":{"type":"STRING"},"b":{"type":"STRING"}},"required":["id","c"]}""",
            result.Parameters?.ToJsonString());
        Assert.Equal(["$: anyOf"], result.Lost);
    }

    [Fact]
    public void Convert_ReferencesThatMultiply_StopsAtABound()
    {
        var definitions = new JsonObject { ["d0"] = new JsonObject { ["type"] = "string" } };
        for (var i = 1; i <= 20; i++)
        {
            JsonObject Next() => new() { ["$ref"] = $"#/$defs/d{i - 1}" };
            definitions[$"d{i}"] = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["l"] = Next(), ["r"] = Next() } };
        }

        var schema = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["p"] = new JsonObject { ["$ref"] = "#/$defs/d20" } },
            ["$defs"] = definitions,
        };

        var result = GeminiSchema.Convert(JsonElement.Parse(schema.ToJsonString()));

        Assert.Contains(result.Lost, l => l.EndsWith("nesting", StringComparison.Ordinal));
        Assert.True((result.Parameters?.ToJsonString().Length ?? 0) < 1_000_000);
    }

    [Fact]
    public void Convert_ToolOfADotNetMethod_LosesNothing()
    {
        var tool = AIFunctionFactory.Create((string title, DateTimeOffset? due, int priority = 2) => title, "add_todo");

        var result = GeminiSchema.Convert(tool.JsonSchema);

        Assert.Equal(
            """{"type":"OBJECT","properties":{"title":{"type":"STRING"},"due":{"type":"STRING","format":"date-time","nullable":true},"priority":{"type":"INTEGER","description":"Default: 2."}},"required":["title","due"]}""",
            result.Parameters?.ToJsonString());
        Assert.Empty(result.Lost);
    }
}
