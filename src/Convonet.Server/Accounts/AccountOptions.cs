using System.ComponentModel.DataAnnotations;

namespace Convonet.Server.Accounts;

/// <summary>Who may have an account here.</summary>
public sealed class AccountOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Convonet:Accounts";

    /// <summary>Whether people may make accounts for themselves.</summary>
    /// <value><see cref="RegistrationMode.Auto"/> by default.</value>
    public RegistrationMode Registration { get; set; }

    /// <summary>The owner's account, made at start when it is not there yet.</summary>
    public OwnerOptions Owner { get; } = new();

    /// <summary>What the keys of cookies and tokens are encrypted with in the database.</summary>
    public KeyCertificateOptions KeyCertificate { get; } = new();

    /// <summary>Whose PIN it is when a client sends a PIN alone, as the clients of the system before do: user name or e-mail address.</summary>
    /// <value>Nobody's by default: then a PIN alone is good only where one account has one.</value>
    [StringLength(254, MinimumLength = 1)]
    public string? PinUser { get; set; }

    /// <summary>How often an hour a PIN alone may be tried, over all addresses: it must not become a number that one can try out. A right one begins the count anew.</summary>
    /// <value>20 by default: all PINs of four digits take three weeks then, all of six six years.</value>
    [Range(1, 1_000_000)]
    public int PinAlonePerHour { get; set; } = 20;

    /// <summary>How often one address may try to sign in or to register within a minute.</summary>
    /// <value>20 by default.</value>
    [Range(1, 1_000_000)]
    public int TriesPerMinute { get; set; } = 20;
}

/// <summary>Whether people may make accounts for themselves.</summary>
public enum RegistrationMode
{
    /// <summary>While only this machine can reach the server.</summary>
    Auto,

    /// <summary>Everybody who can reach the server.</summary>
    Open,

    /// <summary>Nobody.</summary>
    Closed,
}

/// <summary>A certificate with its private key. The same for all nodes; without it the keys lie in the database as they are.</summary>
public sealed class KeyCertificateOptions
{
    /// <summary>A PKCS #12 file (<c>.pfx</c>) with an RSA key.</summary>
    public string? Path { get; set; }

    /// <summary>The file's password.</summary>
    public string? Password { get; set; }
}

/// <summary>The owner's account. Both or neither; a password that was changed since is left as it is.</summary>
public sealed class OwnerOptions
{
    /// <summary>E-mail address to sign in with.</summary>
    public string? Email { get; set; }

    /// <summary>First password.</summary>
    public string? Password { get; set; }
}
