using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Convonet.Server.Store;

/// <summary>Used only by <c>dotnet ef</c> when a migration is made.</summary>
internal sealed class DesignTimeDb : IDesignTimeDbContextFactory<ConvonetDb>
{
    public ConvonetDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<ConvonetDb>().UseSqlite("Data Source=design.db").Options);
}
