using Convonet.Chaos.Serve;

namespace Convonet.Chaos.Host;

/// <summary>A file system of 16 MB in memory, which only root can mount. Disposing unmounts it.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new("convonet-disk-");
    private bool _isMounted;

    /// <summary>A store on it.</summary>
    public string Store => _folder.Store;

    private string Filler => Path.Combine(_folder.Path, "filler");

    /// <returns>Why it cannot be mounted; null when it is.</returns>
    public async Task<string?> MountAsync()
    {
        var (exitCode, said) = await Shell.RunAsync("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", _folder.Path);
        _isMounted = exitCode == 0;
        return _isMounted ? null : $"no file system can be mounted here ({said})";
    }

    /// <summary>Leaves no byte.</summary>
    public void Fill()
    {
        using var filler = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            for (var block = new byte[4096]; ;)
            {
                filler.Write(block);
            }
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    /// <summary>Gives room again.</summary>
    public void Empty() => File.Delete(Filler);

    /// <returns>Why not; null when it is so.</returns>
    public async Task<string?> RemountAsync(bool readOnly)
    {
        var (exitCode, said) = await Shell.RunAsync("mount", "-o", readOnly ? "remount,ro" : "remount,rw", _folder.Path);
        return exitCode == 0 ? null : said;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isMounted)
        {
            await Shell.RunAsync("umount", "-l", _folder.Path);
        }

        _folder.Dispose();
    }
}
