namespace Convonet.Tools;

/// <summary>A store's open transaction, as the tool's commit gets it; each store has its own.</summary>
public interface IToolTransaction;

/// <summary>
/// The second part of a tool that writes. Its work (the method) runs beside other tools and opens no transaction; what it returns is this, which runs in one short
/// transaction together with the record of the call, so that effect and record are both there or both not.
/// </summary>
/// <param name="apply">
/// Writes, and nothing else: it waits for nothing but the store. It may be run again when the transaction has to be repeated, so it must not change what it closes over.
/// A <see cref="ToolException"/> undoes all of it and becomes the call's error.
/// </param>
public sealed class ToolCommit(Func<IToolTransaction, CancellationToken, ValueTask<ToolAnswer>> apply)
{
    /// <summary>Runs it.</summary>
    public ValueTask<ToolAnswer> ApplyAsync(IToolTransaction transaction, CancellationToken cancellationToken) => apply(transaction, cancellationToken);
}
