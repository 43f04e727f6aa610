using Convonet.Server.Transport;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Convonet.Tests.Transport;

public sealed class OriginRuleTests
{
    private static readonly string[] Allowed = ["https://app.example.com", "http://localhost:3000"];

    [Theory]
    [InlineData("http://chat.example.com:5080")]
    [InlineData("HTTP://Chat.Example.com:5080")]
    [InlineData("https://app.example.com")]
    [InlineData("https://APP.example.com")]
    [InlineData("http://localhost:3000")]
    public void Allows_OwnOrListedOrigin_Yes(string origin) => Assert.True(Allows(origin));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("*")]
    [InlineData("chat.example.com:5080")]
    [InlineData("//chat.example.com:5080")]
    [InlineData("file://")]
    [InlineData("https://evil.example")]
    [InlineData("https://chat.example.com:5080")]
    [InlineData("http://chat.example.com")]
    [InlineData("http://chat.example.com:5081")]
    [InlineData("http://chat.example.com:50800")]
    [InlineData("http://chat.example.com.evil.example:5080")]
    [InlineData("http://evilchat.example.com:5080")]
    [InlineData("http://chat.example.com:5080@evil.example")]
    [InlineData("http://example.com:5080")]
    [InlineData("http://app.example.com")]
    [InlineData("https://app.example.com:8443")]
    [InlineData("https://app.example.com.evil.example")]
    [InlineData("https://sub.app.example.com")]
    [InlineData("http://localhost")]
    [InlineData("http://127.0.0.1:3000")]
    [InlineData("https://app.example.com, https://evil.example")]
    public void Allows_AnyOtherOrigin_No(string origin) => Assert.False(Allows(origin));

    [Fact]
    public void Allows_TwoOrigins_No() => Assert.False(Allows(new StringValues([Allowed[0], Allowed[1]])));

    [Fact]
    public void Allows_NoOrigin_Yes() => Assert.True(Allows(StringValues.Empty));

    [Theory]
    [InlineData("https://chat.example.com", "https", "chat.example.com")]
    [InlineData("http://[::1]:5080", "http", "[::1]:5080")]
    public void Allows_OwnOriginOnItsHost_Yes(string origin, string scheme, string host) => Assert.True(Allows(origin, scheme, host));

    private static bool Allows(StringValues origin, string scheme = "http", string host = "chat.example.com:5080")
    {
        var request = new DefaultHttpContext().Request;
        (request.Scheme, request.Host) = (scheme, new HostString(host));
        request.Headers.Origin = origin;
        return OriginRule.Allows(request, Allowed);
    }
}
