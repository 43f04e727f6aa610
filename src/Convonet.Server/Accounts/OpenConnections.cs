using System.Collections.Concurrent;

namespace Convonet.Server.Accounts;

/// <summary>The open connections of people who are signed in. They close when the sign-in ends.</summary>
internal sealed class OpenConnections
{
    private readonly ConcurrentDictionary<Place, bool> _open = [];

    /// <summary>The sign-ins that have one.</summary>
    public IReadOnlyList<SignIn> SignIns => [.. _open.Keys.Select(place => place.SignIn).Distinct()];

    /// <summary>Notes an open connection until the result is disposed.</summary>
    /// <param name="signIn">Whose it is.</param>
    /// <param name="close">Closes it. Must be quick and must not throw.</param>
    public IDisposable Enter(SignIn signIn, Action close)
    {
        var place = new Place(this, signIn, close);
        _open[place] = true;
        return place;
    }

    /// <summary>Closes the connections of one sign-in.</summary>
    public void Close(Guid user, string session) => Close(one => one.User == user && one.Session == session);

    /// <summary>Closes the connections of these sign-ins.</summary>
    public void Close(Func<SignIn, bool> which)
    {
        foreach (var place in _open.Keys.Where(place => which(place.SignIn)))
        {
            place.Close();
        }
    }

    private sealed class Place(OpenConnections all, SignIn signIn, Action close) : IDisposable
    {
        public SignIn SignIn { get; } = signIn;

        public void Close() => close();

        public void Dispose() => all._open.TryRemove(this, out _);
    }
}
