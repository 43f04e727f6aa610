using System.Text.Json;

namespace Convonet.Client;

/// <summary>Keeps a session in a file. A file that cannot be read or written costs only that a restart begins anew.</summary>
/// <param name="path">The file; its folder must exist. Nobody else should be able to read it.</param>
public sealed class FileSessionStore(string path) : ISessionStore
{
    /// <inheritdoc/>
    public KeptSession? Load()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), KeptSessionJson.Default.KeptSession) is { Messages: not null, Cancels: not null } kept ? kept : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Save(KeptSession session)
    {
        try
        {
            // A program that dies in between leaves the whole old file, or the whole new one.
            var next = path + ".new";
            File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(session, KeptSessionJson.Default.KeptSession));
            File.Move(next, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // As the class says.
        }
    }
}
