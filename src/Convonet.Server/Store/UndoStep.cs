using System.Text.Json;

namespace Convonet.Server.Store;

/// <summary>One row to be taken back.</summary>
/// <param name="Before">The row as it was before the set; null when the set created it.</param>
/// <param name="Now">The row as it is; null when it is not there.</param>
/// <param name="VersionAfter">The version that the set left; null when it deleted the row.</param>
internal sealed record UndoStep(IUndoable? Before, IUndoable? Now, int? VersionAfter)
{
    /// <summary>Whether the row is as the set left it.</summary>
    public bool IsUntouched => Now?.Version == VersionAfter;

    /// <summary>The row, as it is or else as it was; null when the set itself created and deleted it.</summary>
    public IUndoable? Row => Now ?? Before;

    /// <summary>All that a set did to one row, in its order, taken together.</summary>
    public static UndoStep Of(IReadOnlyList<Change> changes, IUndoable? now)
    {
        var before = changes[0].Before is { } json ? (IUndoable)JsonSerializer.Deserialize(json, ChangeRecorder.TypeOf(changes[0].Kind))! : null;
        return new UndoStep(before, now, changes[^1].VersionAfter);
    }
}
