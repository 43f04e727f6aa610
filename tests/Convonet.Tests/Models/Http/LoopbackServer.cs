using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Convonet.Tests.Models.Http;

/// <summary>Real Kestrel on loopback, with TLS and HTTP/2 or with plain HTTP/1.1.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly X509Certificate2? _certificate;

    private LoopbackServer(WebApplication app, X509Certificate2? certificate)
    {
        _app = app;
        _certificate = certificate;
    }

    public Uri Address { get; private set; } = null!;

    /// <summary>Protocol and connection of every request, in order of arrival.</summary>
    public ConcurrentQueue<(string Protocol, string Connection)> Requests { get; } = new();

    /// <summary>Starts a server.</summary>
    /// <param name="tls">Whether it speaks TLS.</param>
    /// <param name="answer">What it answers.</param>
    /// <param name="name">The only name of its certificate; null for that of its address.</param>
    /// <param name="daysLeft">For how many days its certificate holds; negative for one that is over.</param>
    public static async Task<LoopbackServer> StartAsync(bool tls, RequestDelegate answer, string? name = null, int daysLeft = 1)
    {
        var certificate = tls ? SelfSigned(name, daysLeft) : null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        var app = builder.Build();
        var server = new LoopbackServer(app, certificate);
        app.Run(async context =>
        {
            server.Requests.Enqueue((context.Request.Protocol, context.Connection.Id));
            await answer(context);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        server.Address = new Uri(app.Urls.First());
        return server;
    }

    /// <summary>Makes a handler trust this server's certificate and no other.</summary>
    public void Trust(SocketsHttpHandler handler) =>
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate?.GetCertHashString() == _certificate?.GetCertHashString();

    /// <summary>Makes a handler trust who issued this server's certificate: its name and its time are looked at as ever.</summary>
    public void TrustIssuer(SocketsHttpHandler handler)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(_certificate!);
        handler.SslOptions.CertificateChainPolicy = policy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _certificate?.Dispose();
    }

    private static X509Certificate2 SelfSigned(string? name, int daysLeft)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (name is null)
        {
            names.AddIpAddress(IPAddress.Loopback);
        }
        else
        {
            names.AddDnsName(name);
        }

        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-9), now.AddDays(daysLeft));
    }
}
