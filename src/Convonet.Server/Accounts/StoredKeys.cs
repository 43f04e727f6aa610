using System.Xml.Linq;
using Convonet.Server.Store;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Accounts;

/// <summary>Keeps the keys of cookies and tokens in the store. The framework's own class saves past the line in which our writers wait.</summary>
internal sealed class StoredKeys(IDbContextFactory<ConvonetDb> databases) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var db = databases.CreateDbContext();
        return [.. db.DataProtectionKeys.AsNoTracking().Select(key => key.Xml).AsEnumerable().OfType<string>().Select(xml => XElement.Parse(xml))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var db = databases.CreateDbContext();
        db.DataProtectionKeys.Add(new DataProtectionKey { FriendlyName = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting) });

        // The interface knows no tasks. Once in ninety days a thread waits here.
        Task.Run(() => db.SaveChangesAsync()).GetAwaiter().GetResult();
    }
}
