using System.Security.Cryptography;
using System.Text;

namespace Convonet.Conversations;

/// <summary>Ids of turns.</summary>
public static class TurnId
{
    /// <summary>The id of the turn that a message becomes: the same message, sent again, becomes the same turn (UUID version 8, RFC 9562 section 5.8).</summary>
    public static Guid Of(string user, string conversation, string clientMsgId)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{user}\n{conversation}\n{clientMsgId}"))[..16];
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true);
    }
}
