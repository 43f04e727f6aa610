using System.Security.Cryptography;
using Convonet.Server.Store;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Convonet.Server.Accounts;

/// <summary>Sees to it, before the server listens, that somebody can use it, and nobody else.</summary>
internal sealed class AccountStart(
    ConvonetStore store, IServiceScopeFactory scopes, IPasswordHasher<AppUser> hasher, Reach reach, IOptions<AccountOptions> options, TimeProvider time) : IHostedService
{
    private const int Tries = 3;

    private (string Email, string Normalized, string Hash)? _configured;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _configured = await ReadConfiguredAsync();

        // One transaction, because servers on the same database may start at the same moment.
        var owner = await WriteAsync(EnsureOwnerAsync, cancellationToken);
        if (owner is not null)
        {
            await store.AdoptAsync(owner, cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The first transaction of a process is compiled as it goes: on a machine that is busy, that alone can take longer than one may.</summary>
    private async Task<T> WriteAsync<T>(Func<ConvonetDb, CancellationToken, Task<T>> write, CancellationToken cancellationToken)
    {
        for (var left = Tries; ; left--)
        {
            try
            {
                return await store.WriteAsync(write, repeatable: true, cancellationToken);
            }
            catch (TimeoutException) when (left > 1)
            {
                // What was compiled stays compiled.
            }
        }
    }

    /// <summary>The owner's account as it is configured; null when it is not.</summary>
    private async Task<(string Email, string Normalized, string Hash)?> ReadConfiguredAsync()
    {
        var (email, password) = (options.Value.Owner.Email?.Trim(), options.Value.Owner.Password);
        if (string.IsNullOrEmpty(email) && string.IsNullOrEmpty(password))
        {
            return null;
        }

        await using var scope = scopes.CreateAsyncScope();
        var (users, owner) = (scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>(), NewOwner());
        return (AccountRules.FaultOfEmail(email) ?? await users.FaultOfPasswordAsync(owner, password)) is { } fault
            ? throw new InvalidOperationException($"{AccountOptions.Section}:Owner needs an Email and a Password. {fault}")
            : (email!, users.NormalizeEmail(email!), hasher.HashPassword(owner, password!));
    }

    /// <summary>The first owner, made if need be; null where people registered who are all alike.</summary>
    private async Task<AppUser?> EnsureOwnerAsync(ConvonetDb db, CancellationToken cancellationToken)
    {
        var found = await db.Users.FirstOrDefaultAsync(user => user.NormalizedUserName == LocalOwner.NormalizedUserName, cancellationToken);
        var owner = found ?? NewOwner();
        var somebodyHasAPassword = await db.Users.AnyAsync(user => user.PasswordHash != null, cancellationToken);
        if (_configured is { } configured && owner.PasswordHash is null
            && !await db.Users.AnyAsync(user => user.NormalizedEmail == configured.Normalized && user.Id != owner.Id, cancellationToken))
        {
            // The local owner becomes the configured one and keeps everything. A password that is there already stays.
            (owner.Email, owner.NormalizedEmail, owner.PasswordHash) = configured;
            owner.SecurityStamp = RandomNumberGenerator.GetHexString(32);
        }
        else if (!somebodyHasAPassword)
        {
            RefuseIfNobodyCouldSignIn();
        }

        if (found is null && (owner.PasswordHash is not null || (reach.IsLocal && !somebodyHasAPassword)))
        {
            db.Users.Add(owner);
            return owner;
        }

        return found;
    }

    private void RefuseIfNobodyCouldSignIn()
    {
        if (!reach.IsLocal && options.Value.Registration != RegistrationMode.Open)
        {
            throw new InvalidOperationException(
                $"other machines can reach it ({reach.Beyond}) and nobody could sign in. Set {AccountOptions.Section}:Owner:Email and {AccountOptions.Section}:Owner:Password, "
                + $"or {AccountOptions.Section}:Registration=Open, or let it listen on localhost only.");
        }
    }

    private AppUser NewOwner() => new()
    {
        Id = Guid.CreateVersion7(time.GetUtcNow()),
        UserName = LocalOwner.UserName,
        NormalizedUserName = LocalOwner.NormalizedUserName,
        SecurityStamp = RandomNumberGenerator.GetHexString(32),
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
        return iana != "UTC" && DateTimeZoneProviders.Tzdb.Ids.Contains(iana) ? iana : AccountRules.UnsaidTimeZone;
    }
}
