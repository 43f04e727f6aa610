using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Store;

/// <summary>The store in a SQLite file.</summary>
public sealed class SqliteDb(DbContextOptions<SqliteDb> options) : ConvonetDb(options);

/// <summary>The store in PostgreSQL.</summary>
public sealed class PostgresDb(DbContextOptions<PostgresDb> options) : ConvonetDb(options);
