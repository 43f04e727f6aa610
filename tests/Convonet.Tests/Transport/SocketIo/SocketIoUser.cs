using Convonet.Tests.Accounts;
using Convonet.Tests.Fakes;

namespace Convonet.Tests.Transport.SocketIo;

/// <summary>People with a PIN.</summary>
internal static class SocketIoUser
{
    /// <summary>Registers somebody who has one.</summary>
    public static async Task<TestUser> WithPinAsync(TestServer server, string email, string pin)
    {
        var user = await server.RegisterAsync(email);
        var (status, _) = await user.Http.SendAsync("PUT", "/api/account/pin", new { pin });
        Assert.True((int)status < 300, $"{status}");
        return user;
    }
}
