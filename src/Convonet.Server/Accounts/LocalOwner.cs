using System.Net;
using Convonet.Server.Store;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Accounts;

/// <summary>The one user of a server that only its own machine can reach. Needs no form, until the account has a password.</summary>
internal sealed class LocalOwner(Reach reach, ConvonetStore store)
{
    /// <summary>Name of the first owner's account. Nobody else can get it.</summary>
    public const string UserName = "owner";

    internal const string NormalizedUserName = "OWNER";

    /// <summary>Begin of the headers that a proxy sets: what it passes on may come from anywhere.</summary>
    private static readonly string[] ProxyHeaders = ["Forwarded", "X-Forwarded-", "X-Original-", "X-Real-IP", "X-Client-IP", "CF-Connecting-IP", "True-Client-IP", "Via"];

    /// <summary>Whether somebody is let in without showing anything.</summary>
    public async Task<bool> IsLetInAsync(CancellationToken cancellationToken) => reach.IsLocal && await FindAsync(cancellationToken) is not null;

    /// <summary>The owner, if nobody else can have sent this request.</summary>
    public async Task<SignIn?> FindAsync(HttpContext context) => reach.IsLocal && IsOfThisMachine(context) ? await FindAsync(context.RequestAborted) : null;

    /// <summary>
    /// The configuration says that only this machine can send requests. It may have changed since the start, or a proxy may stand there
    /// that nobody told us of; and a page whose name leads to this machine must not act for the owner.
    /// </summary>
    private static bool IsOfThisMachine(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote)
        && context.Connection.LocalIpAddress is { } local && IPAddress.IsLoopback(local)
        && Reach.IsLoopback(context.Request.Host.Host)
        && !context.Request.Headers.Keys.Any(IsProxys);

    private static bool IsProxys(string header) => ProxyHeaders.Any(begin => header.StartsWith(begin, StringComparison.OrdinalIgnoreCase));

    private Task<SignIn?> FindAsync(CancellationToken cancellationToken) => store.ReadAsync(
        (db, token) => db.Users.Where(user => user.NormalizedUserName == NormalizedUserName && user.PasswordHash == null)
            .Select(user => new SignIn(user.Id, user.SecurityStamp!, null)).FirstOrDefaultAsync(token),
        cancellationToken);
}
