using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Calendar;

/// <summary>The secret link under which calendar programs fetch a user's calendar. Whoever has it reads the calendar, and nothing else; only its hash is kept.</summary>
internal sealed class CalendarLink(ConvonetStore store)
{
    /// <summary>256 bits: nobody guesses it, so nothing else guards it.</summary>
    private const int KeyBytes = 32;

    private static readonly int KeyLength = Base64Url.GetEncodedLength(KeyBytes);

    /// <summary>Makes the user's link; an earlier one no longer leads anywhere.</summary>
    /// <returns>Its key, which is told this once.</returns>
    public async Task<string> RenewAsync(Guid userId, CancellationToken cancellationToken)
    {
        var key = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes));
        await SetAsync(userId, HashOf(key), cancellationToken);
        return key;
    }

    /// <summary>Takes the user's link away.</summary>
    public async Task RemoveAsync(Guid userId, CancellationToken cancellationToken) => await SetAsync(userId, null, cancellationToken);

    /// <summary>Whose calendar a key opens; null for nobody's.</summary>
    public async Task<Guid?> FindAsync(string? key, CancellationToken cancellationToken)
    {
        if (key?.Length != KeyLength)
        {
            return null;
        }

        var hash = HashOf(key);
        return await store.ReadAsync((db, token) => db.Users.Where(user => user.CalendarLinkHash == hash).Select(user => (Guid?)user.Id).FirstOrDefaultAsync(token), cancellationToken);
    }

    private Task<bool> SetAsync(Guid userId, string? hash, CancellationToken cancellationToken) => store.WriteAsync(
        async (db, token) =>
        {
            var user = await db.Users.FirstOrDefaultAsync(one => one.Id == userId, token) ?? throw new UnknownUserException();
            user.CalendarLinkHash = hash;
            return true;
        },
        repeatable: true,
        cancellationToken);

    private static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
