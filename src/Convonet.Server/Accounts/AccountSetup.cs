using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.RateLimiting;
using Convonet.Server.Store;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Convonet.Server.Accounts;

/// <summary>Registers accounts and the ways to sign in.</summary>
internal static class AccountSetup
{
    /// <summary>The page's cookie.</summary>
    public const string CookieName = "convonet_session";

    /// <summary>Name of the limit on tries of one address.</summary>
    public const string TryLimit = "tries";

    public static void AddAccounts(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<AccountOptions>().BindConfiguration(AccountOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => Reach.Of(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<LocalOwner>().AddSingleton<OpenConnections>().AddSingleton<SignIns>();
        services.AddHostedService<AccountStart>().AddHostedService<SignInWatch>();
        services.AddSingleton<IPasswordHasher<AppUser>, PasswordHasher<AppUser>>();
        services.AddIdentityCore<AppUser>(options =>
        {
            options.Password.RequiredLength = 10;
            options.Password.RequireDigit = options.Password.RequireLowercase = options.Password.RequireUppercase = options.Password.RequireNonAlphanumeric = false;
        }).AddEntityFrameworkStores<ConvonetDb>();
        services.AddAuthentication(Door.Name)
            .AddScheme<AuthenticationSchemeOptions, Door>(Door.Name, null)
            .AddBearerToken(IdentityConstants.BearerScheme, options => options.RefreshTokenExpiration = SignIns.TicketTime)
            .AddCookie(IdentityConstants.ApplicationScheme, options =>
            {
                options.Cookie.Name = CookieName;
                options.Cookie.HttpOnly = true;
                options.Cookie.SameSite = SameSiteMode.Lax;
                options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                options.ExpireTimeSpan = SignIns.TicketTime;
                options.SlidingExpiration = true;
            });
        services.AddAuthorization();
        services.AddSingleton<PasswordTries>().AddSingleton<VoicePin>();
        services.AddScoped<Passwords>().AddScoped<Registration>().AddScoped<Profile>();
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.AddPolicy(TryLimit, context => RateLimitPartition.GetFixedWindowLimiter(ClientAddress.Of(context), _ => new FixedWindowRateLimiterOptions
            {
                PermitLimit = context.RequestServices.GetRequiredService<IOptions<AccountOptions>>().Value.TriesPerMinute,
                Window = TimeSpan.FromMinutes(1),
            }));
        });
        builder.AddKeys();
    }

    private static void AddKeys(this WebApplicationBuilder builder)
    {
        var protection = builder.Services.AddDataProtection().SetApplicationName("Convonet");
        builder.Services.AddSingleton<StoredKeys>();
        builder.Services.AddOptions<KeyManagementOptions>().Configure<StoredKeys>((options, keys) => options.XmlRepository = keys);

        if (builder.Configuration.GetSection($"{AccountOptions.Section}:KeyCertificate").Get<KeyCertificateOptions>() is { Path.Length: > 0 } certificate)
        {
            protection.ProtectKeysWithCertificate(Load(certificate));
        }

        // It warns at each start that the keys are not encrypted, where there is no certificate: docs/security.md says what that means.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error);
    }
    private static X509Certificate2 Load(KeyCertificateOptions options)
    {
        const string Setting = $"{AccountOptions.Section}:KeyCertificate";
        X509Certificate2 certificate;
        try
        {
            certificate = X509CertificateLoader.LoadPkcs12FromFile(options.Path!, options.Password);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"{Setting}:Path names a file that is not there, or that cannot be read with {Setting}:Password.", error);
        }

        using var key = certificate.GetRSAPrivateKey();
        return key is not null ? certificate : throw new InvalidOperationException($"{Setting}:Path needs a certificate with an RSA key that is private.");
    }
}
