using Pleiad.Storage;

namespace Pleiad.Actors.Tests;

/// <summary>Copies the files of a shard without a connection.</summary>
internal static class ShardCopies
{
    public static void CopyAll(ShardFiles from, ShardFiles into)
    {
        into.BeginCopy();
        foreach ((string name, long bytes) in from.List())
        {
            using IFile file = into.CreateCopy(name);
            var part = new byte[bytes];
            file.Append(part.AsSpan(0, from.Read(name, 0, part)));
            file.Flush();
        }
    }
}
