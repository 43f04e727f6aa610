using System.Xml.Linq;
using Convonet.Server.Store;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;

namespace Convonet.Server.Accounts;

/// <summary>Keeps the keys of cookies and tokens in the store. The framework's own class saves past the line in which our writers wait.</summary>
internal sealed class StoredKeys(IDbContextFactory<ConvonetDb> databases, ConvonetStore store) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var db = databases.CreateDbContext();
        return [.. db.DataProtectionKeys.AsNoTracking().Select(key => key.Xml).AsEnumerable().OfType<string>().Select(xml => XElement.Parse(xml))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        // The interface knows no tasks. Once in ninety days a thread waits here. Not repeatable: the framework reads no ring that has a key twice.
        Task.Run(() => store.WriteAsync((db, _) =>
        {
            db.DataProtectionKeys.Add(new DataProtectionKey { FriendlyName = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting) });
            return Task.FromResult(true);
        })).GetAwaiter().GetResult();
    }
}
