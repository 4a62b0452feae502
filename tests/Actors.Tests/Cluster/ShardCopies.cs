using Pleiad.Storage;

namespace Pleiad.Actors.Tests;

/// <summary>Copies the files of a shard without a connection.</summary>
internal static class ShardCopies
{
    /// <param name="from">All of these.</param>
    /// <param name="into">Takes them.</param>
    /// <param name="isWhole">Whether they are to be files of a copy that lacks nothing, whatever they say.</param>
    public static void CopyAll(ShardFiles from, ShardFiles into, bool isWhole = false)
    {
        into.BeginCopy();
        foreach ((string name, long bytes) in from.List().Where(file => !isWhole || !ShardFiles.SayLacks([file])))
        {
            using IFile file = into.CreateCopy(name);
            var part = new byte[bytes];
            file.Append(part.AsSpan(0, from.Read(name, 0, part)));
            file.Flush();
        }
    }
}
