using System.Data;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Convonet.Server.Store;

/// <summary>
/// A connection to SQLite's file whose handle stays when it is closed, for the next time that it is opened. Whoever opens one anew pays for each function that it knows, reads again what it had read, and has each statement
/// read again. It loses nothing that was committed, not even when the power fails.
/// </summary>
internal sealed class KeptConnection : SqliteConnection
{
    /// <summary>Shorter than a transaction may take: it is tried again until then. In line at the gate only other programs can be in the way, and whoever waits for them in here holds a thread and cannot be told to give up.</summary>
    private const int BusySeconds = 1;

    /// <summary>Of a connection, at most. With SQLite's own 2,000 KB a transaction pushes its own pages out: those of shown text are some hundred while 200 turns run.</summary>
    private const int CacheKilobytes = 8_000;

    /// <summary>From how many pages on the log is copied into the file: 16 MB. At SQLite's own 4 MB that was several times a second.</summary>
    private const int LogPages = 4_000;

    /// <summary>Those of the turns are some thirty.</summary>
    private const int MostCommands = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);
    private bool _isOpening;
    private bool _isOpen;
    private bool _isEnding;

    /// <param name="connection">As for <see cref="SqliteConnection"/>, whose own pool is not needed then.</param>
    public KeptConnection(string connection)
        : base(new SqliteConnectionStringBuilder(connection) { Pooling = false }.ToString())
    {
        DefaultTimeout = BusySeconds;

        // Its own knows only the letters of ASCII: "Äpfel" would not be found by "äpfel".
        this.CreateFunction("lower", static (string? text) => text?.ToLowerInvariant(), isDeterministic: true);
    }

    /// <summary>As its user sees it.</summary>
    public override ConnectionState State => _isOpening ? base.State : _isOpen ? ConnectionState.Open : ConnectionState.Closed;

    /// <summary>Told when it will not be opened again.</summary>
    public Action<KeptConnection>? Ended { get; init; }

    /// <summary>Whether it has its handle, in use or not.</summary>
    public bool IsKept => Handle is not null;

    public override void Open()
    {
        lock (_lock)
        {
            if (!_isOpen && Handle is null)
            {
                try
                {
                    _isOpening = true; // it may have something to say on the way
                    base.Open();
                    (_isOpening, _isOpen) = (false, true);
                    using var pragma = CreateCommand();
                    pragma.CommandText = $"PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-{CacheKilobytes}; PRAGMA wal_autocheckpoint={LogPages};";
                    pragma.ExecuteNonQuery();
                }
                catch
                {
                    _isOpening = false;
                    Release();
                    throw;
                }
            }

            _isOpen = true;
        }
    }

    /// <summary>Undoes what it is in the middle of, and keeps the handle, unless that cannot be undone.</summary>
    public override void Close()
    {
        lock (_lock)
        {
            try
            {
                Transaction?.Dispose();
            }
            catch (SqliteException)
            {
                // Nothing of it stays when the handle goes.
            }

            if (_isEnding || (Handle is not null && raw.sqlite3_get_autocommit(Handle) == 0))
            {
                Release();
            }

            _isOpen = false;
        }
    }

    /// <summary>Lets go of its handle, now or as soon as it is not in use.</summary>
    public void End()
    {
        lock (_lock)
        {
            _isEnding = true;
            if (!_isOpen)
            {
                Release();
            }
        }
    }

    /// <summary>The command of a statement, which the database has read once and for all. It belongs to the connection; whoever uses it gives all its parameters their values, and is done before the next one asks for it.</summary>
    public SqliteCommand CommandOf(string sql)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            if (_commands.Count == MostCommands)
            {
                foreach (var old in _commands.Values)
                {
                    old.Dispose();
                }

                _commands.Clear();
            }

            command = CreateCommand();
            command.CommandText = sql;
            _commands.Add(sql, command);
        }

        return command;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _isEnding = true;
            Ended?.Invoke(this);
        }

        base.Dispose(disposing); // closes it
    }

    private void Release()
    {
        _isOpen = Handle is not null; // else it is taken for closed already
        base.Close(); // with its commands
        _isOpen = false;
        _commands.Clear();
    }
}
