using Convonet.Server.Store;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Convonet.Server.Accounts;

/// <summary>Sees before the server listens that there is somebody who can use it, and that nobody else can.</summary>
internal sealed class AccountStart(IServiceScopeFactory scopes, Reach reach, IOptions<AccountOptions> options, TimeProvider time) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        if (!await users.Users.AnyAsync(user => user.PasswordHash != null, cancellationToken) && reach.IsLocal)
        {
            await EnsureLocalOwnerAsync(users);
        }

        _ = options;
        if (await users.FindByNameAsync(LocalOwner.UserName) is { } owner)
        {
            await scope.ServiceProvider.GetRequiredService<ConvonetStore>().AdoptAsync(owner, cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task EnsureLocalOwnerAsync(UserManager<AppUser> users)
    {
        if (await users.FindByNameAsync(LocalOwner.UserName) is null)
        {
            (await users.CreateAsync(NewOwner())).ThrowIfFailed();
        }
    }

    private AppUser NewOwner() => new()
    {
        Id = Guid.CreateVersion7(time.GetUtcNow()),
        UserName = LocalOwner.UserName,
        Name = MachineUser(),
        TimeZone = MachineZone(),
        CreatedAt = time.GetUtcNow().UtcDateTime,
    };

    /// <summary>An assistant that calls somebody "root" knows them badly.</summary>
    private static string MachineUser() => Environment.UserName is { Length: > 0 and <= 100 } name && name != "root" ? name : "You";

    private string MachineZone()
    {
        var id = time.LocalTimeZone.Id;
        var iana = TimeZoneInfo.TryConvertWindowsIdToIanaId(id, out var converted) ? converted : id;
        return DateTimeZoneProviders.Tzdb.Ids.Contains(iana) ? iana : "Etc/UTC";
    }
}
