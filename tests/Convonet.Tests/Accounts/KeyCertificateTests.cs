using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Convonet.Server.Store;
using Convonet.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Convonet.Tests.Accounts;

/// <summary>With a certificate, whoever has the database alone makes no sign-ins of it.</summary>
public sealed class KeyCertificateTests : IDisposable
{
    private const string Password = "of the file";

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"convonet-{Guid.NewGuid():N}.pfx");

    public KeyCertificateTests()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=Convonet keys", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllBytes(_file, certificate.Export(X509ContentType.Pkcs12, Password));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string[] Options => [.. TestServer.Beyond, "--Convonet:Accounts:KeyCertificate:Path", _file, "--Convonet:Accounts:KeyCertificate:Password", Password];

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Keys_WithACertificate_LieEncrypted_AndAreOfUseWithItAlone()
    {
        await using var database = await TestDatabase.CreateAsync();
        string token;
        await using (var server = await TestServer.StartAsync(Options, database: database))
        {
            using var anna = await server.RegisterAsync("anna@example.com");
            token = anna.Token;
            Assert.All(await KeysAsync(server), static key => Assert.Contains("<EncryptedData", key, StringComparison.Ordinal));
        }

        await using (var server = await TestServer.StartAsync(Options, database: database))
        {
            Assert.Equal("anna", await WhoAsync(server, token));
        }

        await using (var server = await TestServer.StartAsync(TestServer.Beyond, database: database))
        {
            Assert.Null(await WhoAsync(server, token));
        }
    }

    /// <summary>As docs/security.md says.</summary>
    [Fact]
    public async Task Keys_WithoutACertificate_LieAsTheyAre()
    {
        await using var server = await TestServer.StartAsync(TestServer.Beyond);
        using var anna = await server.RegisterAsync("anna@example.com");

        Assert.All(await KeysAsync(server), static key => Assert.Contains("<masterKey", key, StringComparison.Ordinal));
    }

    private static async Task<string[]> KeysAsync(TestServer server)
    {
        await using var db = await server.Services.GetRequiredService<IDbContextFactory<ConvonetDb>>().CreateDbContextAsync(Token);
        var keys = await db.DataProtectionKeys.AsNoTracking().Select(key => key.Xml!).ToArrayAsync(Token);
        Assert.NotEmpty(keys);
        return keys;
    }

    private static async Task<string?> WhoAsync(TestServer server, string token)
    {
        using var http = TestUser.Client(server);
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return await http.WhoAsync();
    }
}
