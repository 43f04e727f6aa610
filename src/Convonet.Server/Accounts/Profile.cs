using System.Security.Cryptography;
using Convonet.Server.Store;
using Convonet.Server.Usage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Accounts;

/// <summary>What people change of their own accounts. Each change answers what is wrong with which field, or the account as it is then.</summary>
internal sealed class Profile(ConvonetStore store, UserManager<AppUser> users, Passwords passwords, VoicePin pins, OpenConnections connections)
{
    /// <summary>The account.</summary>
    public Task<AppUser?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        store.ReadAsync((db, token) => db.Users.AsNoTracking().FirstOrDefaultAsync(user => user.Id == id, token), cancellationToken);

    /// <summary>Changes name, time zone and e-mail address.</summary>
    public async Task<ProfileChange> ChangeAsync(Guid id, ProfileRequest request, CancellationToken cancellationToken)
    {
        var email = request.Email?.Trim();
        var faults = Faults.Of(
            ("name", request.Name is null ? null : AccountRules.FaultOfName(request.Name)),
            ("time_zone", request.TimeZone is null ? null : AccountRules.FaultOfTimeZone(request.TimeZone)),
            ("email", email is null ? null : AccountRules.FaultOfEmail(email)));
        if (faults.Count > 0)
        {
            return new ProfileChange(null, faults);
        }

        var normalized = email is null ? null : users.NormalizeEmail(email);
        return await WriteAsync(
            id,
            async (db, user, token) =>
            {
                if (normalized is not null && await db.Users.AnyAsync(other => other.NormalizedEmail == normalized && other.Id != id, token))
                {
                    return Registration.Taken();
                }

                var zone = request.TimeZone is null ? user.TimeZone : AccountRules.SaidTimeZone(request.TimeZone);
                await UsageRows.MoveTodayAsync(db, id, user.TimeZone, zone, store.Now, token);
                (user.Name, user.TimeZone) = (request.Name?.Trim() ?? user.Name, zone);
                user.AnswersAnew = request.AnswersAnew ?? user.AnswersAnew;
                (user.Email, user.NormalizedEmail) = (email ?? user.Email, normalized ?? user.NormalizedEmail);
                return [];
            },
            cancellationToken);
    }

    /// <summary>Sets the password, and signs the user out everywhere.</summary>
    public async Task<ProfileChange> SetPasswordAsync(Guid id, PasswordRequest request, CancellationToken cancellationToken)
    {
        var known = await FindAsync(id, cancellationToken) ?? throw new UnknownUserException();
        var faults = known.Email is null ? Faults.Of(("new", "Set your e-mail address first: it is what you sign in with."))
            : await users.FaultOfPasswordAsync(known, request.New) is { } fault ? Faults.Of(("new", fault))
            : known.PasswordHash is not null && !passwords.IsRight(known, request.Current ?? "") ? Faults.Of(("current", "It is wrong, or there were too many tries: then wait five minutes."))
            : [];
        if (faults.Count > 0)
        {
            return new ProfileChange(null, faults);
        }

        var hash = users.PasswordHasher.HashPassword(known, request.New!);
        var change = await WriteAsync(
            id,
            (_, user, _) =>
            {
                // Changed meanwhile, by somebody who knew it too: what was checked above is not the password any more.
                if (user.PasswordHash != known.PasswordHash && user.PasswordHash != hash)
                {
                    return Task.FromResult(Faults.Of(("current", "The password has just been changed.")));
                }

                (user.PasswordHash, user.SecurityStamp) = (hash, RandomNumberGenerator.GetHexString(32));
                return Task.FromResult<Dictionary<string, string[]>>([]);
            },
            cancellationToken);
        if (change.User is not null)
        {
            connections.Close(one => one.User == id);
        }

        return change;
    }

    /// <summary>Sets the PIN, or takes it away. Who signed in with the old one is signed out.</summary>
    public async Task<ProfileChange> SetPinAsync(Guid id, string? pin, CancellationToken cancellationToken)
    {
        if (pin is not null && !VoicePin.IsValid(pin))
        {
            return new ProfileChange(null, Faults.Of(("pin", VoicePin.Rule)));
        }

        var hash = pin is null ? null : pins.Hash(pin);
        var change = await WriteAsync(
            id,
            (_, user, _) =>
            {
                user.PinHash = hash;
                return Task.FromResult<Dictionary<string, string[]>>([]);
            },
            cancellationToken);
        connections.Close(id, SignIn.ByPin);
        return change;
    }

    private Task<ProfileChange> WriteAsync(
        Guid id, Func<ConvonetDb, AppUser, CancellationToken, Task<Dictionary<string, string[]>>> change, CancellationToken cancellationToken) => store.WriteAsync(
            async (db, token) =>
            {
                var user = await db.Users.FirstOrDefaultAsync(one => one.Id == id, token) ?? throw new UnknownUserException();
                if (await change(db, user, token) is { Count: > 0 } faults)
                {
                    return new ProfileChange(null, faults);
                }

                user.ConcurrencyStamp = Guid.NewGuid().ToString();
                return new ProfileChange(user, []);
            },
            repeatable: true,
            cancellationToken);
}

/// <summary>An account after a change, or what is wrong with which field.</summary>
internal readonly record struct ProfileChange(AppUser? User, Dictionary<string, string[]> Faults);
