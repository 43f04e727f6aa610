using Convonet.Chaos.Serve;
using Convonet.Tests.Fakes;
using Npgsql;

namespace Convonet.Chaos.Host;

/// <summary>PostgreSQL says nothing any more: connections stay, and nothing passes. No answer is worse than a refusal: whoever waits needs a limit of its own.</summary>
internal sealed class SilentPostgres() : HostFault("PostgreSQL silent", Expected.RefusesAll)
{
    private readonly StoppedPostgres _postgres = new();
    private HeldLine? _line;
    private string? _store;

    public override string Store => _store!;

    public override async Task<string?> PrepareAsync()
    {
        if (await _postgres.PrepareAsync() is { } why)
        {
            return why;
        }

        var store = new NpgsqlConnectionStringBuilder(_postgres.Store);
        _line = new HeldLine(store.Port);
        store.Port = _line.Port;
        _store = store.ConnectionString;
        return null;
    }

    public override Task BreakAsync(ServerProcess server)
    {
        _line!.Hold();
        return Task.CompletedTask;
    }

    public override Task HealAsync()
    {
        _line!.Pass();
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_line is not null)
        {
            await _line.DisposeAsync();
        }

        await _postgres.DisposeAsync();
    }
}
