using System.Text;
using Convonet.Server.Transport;

namespace Convonet.Tests.Transport;

public sealed class ClientFrameTests
{
    private static readonly TransportOptions Limits = new();

    [Theory]
    [InlineData("", "invalid_json")]
    [InlineData("\0", "invalid_json")]
    [InlineData("hello", "invalid_json")]
    [InlineData("{", "invalid_json")]
    [InlineData("""{"event":"cancel"} {"event":"cancel"}""", "invalid_json")]
    [InlineData("""{"event":"cancel",}""", "invalid_json")]
    [InlineData("""{"event":"cancel"} // please""", "invalid_json")]
    [InlineData("""{"event":"\ud800"}""", "invalid_json")]
    [InlineData("""{"\ud800":1,"eve\udc00":2}""", "invalid_json")]
    [InlineData("""{"event":"user_message","data":{"text":"half \ud83d a character"}}""", "invalid_json")]
    [InlineData("null", "missing_field")]
    [InlineData("1e999", "missing_field")]
    [InlineData("[]", "missing_field")]
    [InlineData("""["event","cancel"]""", "missing_field")]
    [InlineData("{}", "missing_field")]
    [InlineData("""{"event":null}""", "missing_field")]
    [InlineData("""{"event":{"name":"cancel"}}""", "missing_field")]
    [InlineData("""{"Event":"cancel"}""", "missing_field")]
    [InlineData("""{"event":""}""", "unknown_event")]
    [InlineData("""{"event":"CANCEL"}""", "unknown_event")]
    [InlineData("""{"event":"__proto__","data":{}}""", "unknown_event")]
    [InlineData("""{"event":"constructor"}""", "unknown_event")]
    [InlineData("""{"event":"agent_response","data":{}}""", "unknown_event")]
    [InlineData("""{"event":"cancel","data":[]}""", "invalid_field")]
    [InlineData("""{"event":"cancel","data":"now"}""", "invalid_field")]
    [InlineData("""{"event":"cancel","data":{"turn":"3"}}""", "invalid_field")]
    [InlineData("""{"event":"cancel","data":{"turn":0}}""", "invalid_field")]
    [InlineData("""{"event":"cancel","data":{"turn":-1}}""", "invalid_field")]
    [InlineData("""{"event":"cancel","data":{"turn":1.5}}""", "invalid_field")]
    [InlineData("""{"event":"cancel","data":{"turn":1e400}}""", "invalid_field")]
    [InlineData("""{"event":"cancel","data":{"turn":99999999999}}""", "invalid_field")]
    [InlineData("""{"event":"user_message"}""", "missing_field")]
    [InlineData("""{"event":"user_message","data":null}""", "missing_field")]
    [InlineData("""{"event":"user_message","data":{}}""", "missing_field")]
    [InlineData("""{"event":"user_message","data":{"text":""}}""", "missing_field")]
    [InlineData("""{"event":"user_message","data":{"text":" \n\u2003"}}""", "missing_field")]
    [InlineData("""{"event":"user_message","data":{"text":["Hello"]}}""", "invalid_field")]
    [InlineData("""{"event":"user_message","data":{"text":42}}""", "invalid_field")]
    [InlineData("""{"event":"user_message","data":{"text":"Hello","client_msg_id":""}}""", "invalid_field")]
    [InlineData("""{"event":"user_message","data":{"text":"Hello","client_msg_id":7}}""", "invalid_field")]
    [InlineData("""{"event":"user_message","data":{"text":"Hello","client_msg_id":"m1\nwarn: forged"}}""", "invalid_field")]
    [InlineData("""{"event":"user_message","data":{"text":"Hello","client_msg_id":"m1","when_busy":"later"}}""", "invalid_field")]
    [InlineData("""{"event":"resume","data":{"conversation":"c\u001b[31m","after":0}}""", "missing_field")]
    [InlineData("""{"event":"set_provider","data":{}}""", "missing_field")]
    [InlineData("""{"event":"set_speech","data":{}}""", "missing_field")]
    [InlineData("""{"event":"set_speech","data":{"speech":"loud"}}""", "invalid_field")]
    [InlineData("""{"event":"set_speech","data":{"speech":1}}""", "invalid_field")]
    [InlineData("""{"event":"set_provider","data":{"provider":1}}""", "missing_field")]
    [InlineData("""{"event":"resume","data":{"after":1}}""", "missing_field")]
    [InlineData("""{"event":"resume","data":{"conversation":"","after":1}}""", "missing_field")]
    [InlineData("""{"event":"resume","data":{"conversation":"c_1"}}""", "missing_field")]
    [InlineData("""{"event":"resume","data":{"conversation":"c_1","after":-1}}""", "invalid_field")]
    [InlineData("""{"event":"resume","data":{"conversation":"c_1","after":1e99}}""", "invalid_field")]
    [InlineData("""{"event":"resume","data":{"conversation":"c_1","after":"5"}}""", "invalid_field")]
    [InlineData("""{"event":"played","data":{"turn":1}}""", "missing_field")]
    [InlineData("""{"event":"played","data":{"sample":1}}""", "missing_field")]
    [InlineData("""{"event":"played","data":{"turn":1,"sample":-5}}""", "invalid_field")]
    [InlineData("""{"event":"played","data":{"turn":-1,"sample":5}}""", "invalid_field")]
    public void Parse_WhatCannotBeCarriedOut_IsBad(string frame, string code)
    {
        var bad = Assert.IsType<ClientFrame.Bad>(Parse(frame));

        Assert.Equal(code, bad.Code);
        Assert.NotEmpty(bad.Message);
    }

    /// <summary>A client's clock may be a day off: it is never asked.</summary>
    [Fact]
    public void Frames_OfAnyKind_HoldNoTime()
    {
        var fields = typeof(ClientFrame).GetNestedTypes().SelectMany(frame => frame.GetProperties()).ToArray();

        Assert.Contains(fields, field => field.Name == "ClientMsgId");
        Assert.DoesNotContain(fields, field => field.PropertyType == typeof(DateTime) || field.PropertyType == typeof(DateTimeOffset));
    }

    [Fact]
    public void Parse_BytesThatAreNotUtf8_IsBad()
    {
        byte[] frame = [.. """{"event":"user_message","data":{"text":"a"""u8, 0xff, 0xfe, 0xc0, .. "\"}}"u8];

        Assert.Equal("invalid_json", Assert.IsType<ClientFrame.Bad>(ClientFrame.Parse(frame, Limits)).Code);
    }

    [Theory]
    [InlineData("[", "]", 17)]
    [InlineData("[", "]", 30_000)]
    [InlineData("{\"event\":", "}", 5_000)]
    public void Parse_DeepNesting_IsBad(string open, string close, int depth)
    {
        var deep = new StringBuilder().Insert(0, open, depth).Append('1').Insert(depth * open.Length + 1, close, depth).ToString();

        Assert.Equal("invalid_json", Assert.IsType<ClientFrame.Bad>(Parse(deep)).Code);
        Assert.Equal("invalid_json", Assert.IsType<ClientFrame.Bad>(Parse($$$"""{"event":"user_message","data":{"text":"a","more":{{{deep}}}}}""")).Code);
    }

    [Fact]
    public void Parse_LongEventName_IsEchoedInPart()
    {
        // The cut falls inside a character.
        var bad = Assert.IsType<ClientFrame.Bad>(Parse($$"""{"event":"{{new string('x', 39)}}🥛{{new string('y', 10_000)}}"}"""));

        Assert.InRange(bad.Message.Length, 1, 100);
        Assert.True(EventJson.Encode(new Convonet.Conversations.SessionEvent.Refused(bad.Code, bad.Message)).Length > 0);
    }

    [Fact]
    public void Parse_MessageText_MayHaveExactlyTheLimit()
    {
        var fits = Assert.IsType<ClientFrame.UserMessage>(Parse(Message(new string('x', 8000))));
        var tooLong = Assert.IsType<ClientFrame.Bad>(Parse(Message(new string('x', 8001))));

        Assert.Equal(8000, fits.Text.Length);
        Assert.Equal(("message_too_long", "m1"), (tooLong.Code, tooLong.ClientMsgId));
    }

    [Fact]
    public void Parse_MessageId_MayHaveSixtyFourCharacters()
    {
        Assert.IsType<ClientFrame.UserMessage>(Parse(Message("Hello", new string('i', 64))));
        Assert.Equal("invalid_field", Assert.IsType<ClientFrame.Bad>(Parse(Message("Hello", new string('i', 65)))).Code);
    }

    [Fact]
    public void Parse_BadMessageWithId_NamesTheId() =>
        Assert.Equal(("missing_field", "m1"), Parse("""{"event":"user_message","data":{"client_msg_id":"m1"}}""") is ClientFrame.Bad bad ? (bad.Code, bad.ClientMsgId) : default);

    [Fact]
    public void Parse_FieldsThatNobodyKnows_AreIgnored()
    {
        var frame = Parse("""{"seq":1,"__proto__":{"event":"resume"},"event":"user_message","data":{"__proto__":null,"text":"Grüße 🥛","n":1e999},"data2":[]}""");

        Assert.Equal(new ClientFrame.UserMessage("Grüße 🥛", null), frame);
    }

    [Fact]
    public void Parse_DoubleKeys_TheLastCounts() =>
        Assert.Equal(
            new ClientFrame.UserMessage("b", null),
            Parse("""{"event":"cancel","event":"user_message","data":7,"data":{"text":"a","text":"b"}}"""));

    [Theory]
    [InlineData("""{"event":"cancel"}""", null)]
    [InlineData("""{"event":"cancel","data":null}""", null)]
    [InlineData("""{"event":"cancel","data":{"turn":null}}""", null)]
    [InlineData("""{"event":"cancel","data":{"turn":3}}""", 3)]
    public void Parse_Cancel_MeansATurnOnlyWhenItNamesOne(string frame, int? turn) => Assert.Equal(new ClientFrame.Cancel(turn), Parse(frame));

    [Theory]
    [InlineData("""{"conversation":"c_1","after":0}""", 0, 0)]
    [InlineData("""{"conversation":"c_1","after":9007199254740993,"epoch":2}""", 9007199254740993, 2)]
    [InlineData("""{"conversation":"c_1","after":5,"epoch":"2"}""", 5, 0)]
    [InlineData("""{"conversation":"c_1","after":5,"epoch":-2}""", 5, 0)]
    public void Parse_Resume_WithoutAGoodEpochIsNoKnownEpoch(string data, long after, int epoch) =>
        Assert.Equal(new ClientFrame.Resume("c_1", after, epoch), Parse($$"""{"event":"resume","data":{{data}}}"""));

    [Fact]
    public void Parse_RandomBytes_NeverThrows()
    {
        var random = new Random(20261122);
        var good = Encoding.UTF8.GetBytes(Message("Grüße 🥛"));
        for (var round = 0; round < 20_000; round++)
        {
            var frame = good.ToArray();
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                frame[random.Next(frame.Length)] = (byte)random.Next(256);
            }

            Assert.NotNull(ClientFrame.Parse(frame.AsMemory(0, random.Next(frame.Length + 1)), Limits));
        }
    }

    private static ClientFrame Parse(string frame) => ClientFrame.Parse(Encoding.UTF8.GetBytes(frame), Limits);

    private static string Message(string text, string id = "m1") => $$$"""{"event":"user_message","data":{"text":"{{{text}}}","client_msg_id":"{{{id}}}"}}""";
}
