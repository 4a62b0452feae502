using Pleiad.Kernel;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>Gives other nodes the files of this node's shards, and says how far they are saved.</summary>
/// <param name="files">Of shard i.</param>
/// <param name="shards">How many there are.</param>
/// <param name="savedSeq">Through which record a shard is saved here.</param>
internal sealed class CopySource(Func<int, ShardFiles> files, int shards, Func<int, long> savedSeq)
{
    /// <summary>Answers from now on.</summary>
    public void AddTo(NodeMessages messages)
    {
        messages.Add(CopyWire.ListFiles, List);
        messages.Add(CopyWire.ReadFile, Read);
        messages.Add(CopyWire.TellSaved, Tell);
    }

    private ValueTask<NodeMessage> List(IncomingMessage message)
    {
        ShardFiles of = files(Known(CopyWire.ShardOf(message.Message.Payload.Span)));
        return new ValueTask<NodeMessage>(Task.Run(() => CopyWire.Files(of.List())));
    }

    private ValueTask<NodeMessage> Read(IncomingMessage message)
    {
        (int shard, string name, long at) = CopyWire.PartOf(message.Message.Payload.Span);
        ShardFiles of = files(Known(shard));
        return new ValueTask<NodeMessage>(Task.Run(() =>
        {
            var part = new byte[CopyWire.PartBytes];
            return CopyWire.Part(part.AsSpan(0, of.Read(name, at, part)));
        }));
    }

    private ValueTask<NodeMessage> Tell(IncomingMessage message)
    {
        IReadOnlyList<int> asked = CopyWire.ShardsOf(message.Message.Payload.Span);
        return new ValueTask<NodeMessage>(CopyWire.Saved([.. asked.Select(shard => savedSeq(Known(shard)))]));
    }

    private int Known(int shard) => (uint)shard < (uint)shards ? shard : throw new IOException($"there is no shard {shard} among {shards}");
}
