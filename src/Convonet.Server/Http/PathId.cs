namespace Convonet.Server.Http;

/// <summary>An id in a path. One that is malformed is an id that nothing has: it is answered like any other that is unknown.</summary>
internal readonly record struct PathId(Guid Value)
{
    /// <summary>Reads an id; never fails.</summary>
    public static bool TryParse(string? text, IFormatProvider? provider, out PathId id)
    {
        id = new PathId(Guid.TryParseExact(text, "D", out var value) ? value : Guid.Empty);
        return true;
    }

    public static implicit operator Guid(PathId id) => id.Value;
}
