using Microsoft.Data.Sqlite;

namespace Convonet.Server.Store;

/// <summary>
/// Warns of a second server on the same SQLite file: it would take over what the first one answers, and be taken from in turn. What it holds meanwhile is a lock of the system on a file beside the
/// database, which ends with its process however that ends. A warning and no refusal: the first one may stand still, and then the second is what brings its conversations on.
/// </summary>
/// <param name="connection">The database.</param>
/// <param name="logger">Where it warns.</param>
internal sealed partial class FileClaim(string connection, ILogger<FileClaim> logger) : IHostedService, IDisposable
{
    /// <summary>What the file is called, behind the name of the database. It stays when the server ends: whoever took it away might take another server's.</summary>
    private const string Suffix = ".lock";

    /// <summary>The system's numbers for "somebody else has it": Linux, macOS, Windows.</summary>
    private static readonly int[] Taken = [11, 35, 32];

    private FileStream? _held;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var database = new SqliteConnectionStringBuilder(connection);
        if (database.Mode is SqliteOpenMode.Memory or SqliteOpenMode.ReadOnly || database.DataSource.Length == 0 || database.DataSource.StartsWith(':') || database.DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            return Task.CompletedTask;
        }

        var file = Path.GetFullPath(database.DataSource);
        if (!Directory.Exists(Path.GetDirectoryName(file)))
        {
            return Task.CompletedTask; // nobody has it open: SQLite does not make folders, and says so
        }

        try
        {
            // Two names of one file are one database, to SQLite as well.
            file = (File.Exists(file) ? File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName : null) ?? file;

            // Never the database itself: whoever closes that file gives up the locks that SQLite has on it.
            _held = new FileStream(file + Suffix, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (Taken.Contains(error.HResult & 0xFFFF))
        {
            LogTaken(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Where no file can be made SQLite says so itself, or does not mind.
            LogNotClaimed(file, error.Message);
        }

        return Task.CompletedTask;
    }

    /// <summary>All that writes has stopped before.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _held?.Dispose();

    [LoggerMessage(LogLevel.Warning, "Another server process has {File} open. The two take each other's conversations over, and clients of one do not see what is said at the other: stop one of them, or give this one a database of its own (Convonet:Database). Several servers side by side need PostgreSQL.")]
    private partial void LogTaken(string file);

    [LoggerMessage(LogLevel.Information, "Whether another server process has {File} open could not be found out: {Why}")]
    private partial void LogNotClaimed(string file, string why);
}
