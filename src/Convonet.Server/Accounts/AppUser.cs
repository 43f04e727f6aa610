using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Identity;

namespace Convonet.Server.Accounts;

/// <summary>Somebody with an account.</summary>
public sealed class AppUser : IdentityUser<Guid>
{
    /// <summary>What the assistant calls them.</summary>
    [MaxLength(100)]
    public required string Name { get; set; }

    /// <summary>IANA name of their time zone, for example <c>Europe/Zurich</c>.</summary>
    [MaxLength(64)]
    public required string TimeZone { get; set; }

    /// <summary>Hash of the voice PIN; null without one. Written and read by <c>VoicePin</c> alone.</summary>
    [MaxLength(256)]
    public string? PinHash { get; set; }

    /// <summary>SHA-256 of the secret in the calendar's link, in hexadecimal; null without a link.</summary>
    [MaxLength(64)]
    public string? CalendarLinkHash { get; set; }

    /// <summary>Whether a model is asked each time: answers that were given before are not given again.</summary>
    public bool AnswersAnew { get; set; }

    /// <summary>When the account was made, in UTC.</summary>
    public DateTime CreatedAt { get; init; }
}
