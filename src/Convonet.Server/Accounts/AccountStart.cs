using Convonet.Server.Store;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Convonet.Server.Accounts;

/// <summary>Sees to it, before the server listens, that somebody can use it, and nobody else.</summary>
internal sealed class AccountStart(IServiceScopeFactory scopes, Reach reach, IOptions<AccountOptions> options, TimeProvider time) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        await EnsureConfiguredOwnerAsync(users);
        var someoneCanSignIn = await users.Users.AnyAsync(user => user.PasswordHash != null, cancellationToken);
        if (!someoneCanSignIn && reach.IsLocal && await users.FindByNameAsync(LocalOwner.UserName) is null)
        {
            (await users.CreateAsync(NewOwner())).ThrowIfFailed();
        }
        else if (!someoneCanSignIn && !reach.IsLocal && options.Value.Registration != RegistrationMode.Open)
        {
            throw new InvalidOperationException(
                $"other machines can reach it ({reach.Beyond}) and nobody could sign in. Set {AccountOptions.Section}:Owner:Email and {AccountOptions.Section}:Owner:Password, "
                + $"or {AccountOptions.Section}:Registration=Open, or let it listen on localhost only.");
        }

        if (await users.FindByNameAsync(LocalOwner.UserName) is { } owner)
        {
            await scope.ServiceProvider.GetRequiredService<ConvonetStore>().AdoptAsync(owner, cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Makes the configured account, or makes it of the local owner, who keeps everything. A password that is there already stays.</summary>
    private async Task EnsureConfiguredOwnerAsync(UserManager<AppUser> users)
    {
        var (email, password) = (options.Value.Owner.Email?.Trim(), options.Value.Owner.Password);
        if (string.IsNullOrEmpty(email) && string.IsNullOrEmpty(password))
        {
            return;
        }

        var found = await users.FindByNameAsync(LocalOwner.UserName);
        var owner = found ?? NewOwner();
        var fault = AccountRules.FaultOfEmail(email) ?? await users.FaultOfPasswordAsync(owner, password);
        if (fault is not null)
        {
            throw new InvalidOperationException($"{AccountOptions.Section}:Owner needs an Email and a Password. {fault}");
        }

        if (owner.PasswordHash is not null || (await users.FindByEmailAsync(email!) is { } other && other.Id != owner.Id))
        {
            return;
        }

        owner.Email = email;
        if (found is null)
        {
            (await users.CreateAsync(owner, password!)).ThrowIfFailed();
        }
        else
        {
            owner.PasswordHash = users.PasswordHasher.HashPassword(owner, password!);
            (await users.UpdateSecurityStampAsync(owner)).ThrowIfFailed();
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
    private static string MachineUser() => Environment.UserName is { Length: > 0 and <= AccountRules.LongestName } name && name != "root" ? name : "You";

    private string MachineZone()
    {
        var id = time.LocalTimeZone.Id;
        var iana = TimeZoneInfo.TryConvertWindowsIdToIanaId(id, out var converted) ? converted : id;
        return DateTimeZoneProviders.Tzdb.Ids.Contains(iana) ? iana : "Etc/UTC";
    }
}
