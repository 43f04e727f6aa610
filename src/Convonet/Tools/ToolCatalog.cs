using System.Collections.Immutable;
using Microsoft.Extensions.AI;

namespace Convonet.Tools;

/// <summary>The tools there are now. Those of other servers come and go while the process lives; a turn's step uses the set of its beginning.</summary>
public sealed class ToolCatalog
{
    private readonly Lock _lock = new();
    private readonly ImmutableArray<AIFunction> _own;
    private ImmutableSortedDictionary<string, ImmutableArray<AIFunction>> _guests = ImmutableSortedDictionary.Create<string, ImmutableArray<AIFunction>>(StringComparer.Ordinal);
    private volatile Snapshot _now;

    /// <summary>Creates a catalog.</summary>
    /// <param name="own">The tools that are always there.</param>
    /// <exception cref="ArgumentException">Two tools share a name, or one has a name that no provider takes.</exception>
    public ToolCatalog(IEnumerable<AIFunction> own)
    {
        _own = [.. own];
        if (_own.FirstOrDefault(static tool => !ToolName.IsValid(tool.Name)) is { } misnamed)
        {
            throw new ArgumentException($"A tool cannot be named '{misnamed.Name}': {ToolName.Rule}");
        }

        if (_own.GroupBy(static tool => tool.Name, StringComparer.Ordinal).FirstOrDefault(static same => same.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"Two tools are named '{twice.Key}': a model could not tell them apart. Rename one.");
        }

        _now = new Snapshot(_own, _own.ToImmutableDictionary(tool => tool.Name, StringComparer.Ordinal));
    }

    /// <summary>All tools, our own first.</summary>
    public IReadOnlyList<AIFunction> All => _now.Tools;

    /// <summary>The tools that are always there.</summary>
    public IReadOnlyList<AIFunction> Own => _own;

    /// <summary>The tool with this name; null when there is none (now).</summary>
    public AIFunction? Find(string name) => _now.ByName.GetValueOrDefault(name);

    /// <summary>Replaces the tools of one guest; an empty list takes them out.</summary>
    /// <param name="guest">Whose tools they are.</param>
    /// <param name="tools">The tools. One whose name is taken is left out.</param>
    public void Replace(string guest, IEnumerable<AIFunction> tools)
    {
        lock (_lock)
        {
            _guests = _guests.SetItem(guest, [.. tools]);
            var byName = ImmutableDictionary.CreateBuilder<string, AIFunction>(StringComparer.Ordinal);
            var all = ImmutableArray.CreateBuilder<AIFunction>();
            foreach (var tool in _own.Concat(_guests.Values.SelectMany(found => found)))
            {
                if (byName.TryAdd(tool.Name, tool))
                {
                    all.Add(tool);
                }
            }

            _now = new Snapshot(all.ToImmutable(), byName.ToImmutable());
        }
    }

    private sealed record Snapshot(ImmutableArray<AIFunction> Tools, ImmutableDictionary<string, AIFunction> ByName);
}
