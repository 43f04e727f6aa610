using System.Globalization;

namespace Convonet.Chaos.Child;

/// <summary>What the parent tells a child on its command line.</summary>
/// <param name="Process">The child's number.</param>
/// <param name="Database">The store.</param>
/// <param name="Scratch">A store to warm up on.</param>
/// <param name="Log">Where it writes what it does.</param>
/// <param name="FailAt">The fail-point that it dies at, as <c>CONVONET_FAIL_AT</c> has it; counted from <c>go</c>. Empty for none.</param>
/// <param name="Naive">Whether the ledger is switched off.</param>
internal sealed record ChildOptions(int Process, string Database, string Scratch, string Log, string FailAt, bool Naive)
{
    public string[] ToArguments() => ["child", Process.ToString(CultureInfo.InvariantCulture), Database, Scratch, Log, FailAt, Naive.ToString()];

    public static ChildOptions Parse(string[] args) => args is [var process, var database, var scratch, var log, var failAt, var naive]
        ? new(int.Parse(process, CultureInfo.InvariantCulture), database, scratch, log, failAt, bool.Parse(naive))
        : throw new ArgumentException("The child's command line is incomplete.", nameof(args));
}
