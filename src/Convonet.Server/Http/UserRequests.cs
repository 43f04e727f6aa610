using System.Security.Claims;
using Convonet.Server.Accounts;
using Convonet.Server.Store;

namespace Convonet.Server.Http;

/// <summary>An endpoint's way to the store: as the user who is signed in.</summary>
internal static class UserRequests
{
    /// <summary>Reads as the user.</summary>
    public static Task<T> ReadAsync<T>(this ConvonetStore store, ClaimsPrincipal user, Func<UserScope, CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        store.ReadAsync(user.Id(), read, cancellationToken);

    /// <summary>Writes as the user, in one transaction; the change is recorded as done by hand.</summary>
    public static Task<T> WriteAsync<T>(this ConvonetStore store, ClaimsPrincipal user, Func<UserScope, CancellationToken, Task<T>> write, CancellationToken cancellationToken) =>
        store.WriteAsync(
            user.Id(),
            () => new ChangeSet { Id = Guid.CreateVersion7(store.Now.ToDateTimeOffset()), UserId = user.Id(), Summary = "Changed something.", MadeAt = store.Now.ToDateTimeUtc() },
            _ => Guid.CreateVersion7(store.Now.ToDateTimeOffset()),
            write,
            cancellationToken);
}
