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
        builder.Services.AddDataProtection().SetApplicationName("Convonet");
        builder.Services.AddSingleton<StoredKeys>();
        builder.Services.AddOptions<KeyManagementOptions>().Configure<StoredKeys>((options, keys) => options.XmlRepository = keys);

        // It warns that the keys are not encrypted. They lie beside everything that they protect: who can read the database needs no key.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error);
    }
}
