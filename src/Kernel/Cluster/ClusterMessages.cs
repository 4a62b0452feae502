using System.Buffers.Binary;

namespace Pleiad.Kernel;

/// <summary>What cluster actors of different nodes say to each other: version byte, then fixed fields. docs/formats/transport.md lists the numbers.</summary>
internal static class ClusterMessages
{
    public const ushort Probe = 0x0101;
    public const ushort ProbeVia = 0x0102;
    public const ushort HandOff = 0x0103;
    public const ushort Leads = 0x0104;
    private const byte Version = 1;

    public static NodeMessage ProbeAsk() => new(Probe, new[] { Version });

    public static NodeMessage ProbeViaAsk(NodeIncarnation peer)
    {
        byte[] bytes = new byte[17];
        bytes[0] = Version;
        peer.Value.TryWriteBytes(bytes.AsSpan(1));
        return new NodeMessage(ProbeVia, bytes);
    }

    public static NodeMessage HandOffAsk(int shard, long seenEpoch) => OfShard(HandOff, shard, seenEpoch);

    /// <summary>The sender leads a shard; not answered.</summary>
    public static NodeMessage LeadsTell(int shard, long epoch) => OfShard(Leads, shard, epoch);

    public static NodeMessage Answer(ushort number, bool yes) => new(number, new[] { Version, yes ? (byte)1 : (byte)0 });

    /// <summary>The yes or no of an answer; null when there is none.</summary>
    public static bool? YesOf(NodeReply reply) =>
        reply.Result == ReplyResult.Answered && reply.Message.Payload.Length >= 2 ? reply.Message.Payload.Span[1] != 0 : null;

    /// <summary>What another node asks.</summary>
    /// <exception cref="TransportException">It is none of these, or cut short.</exception>
    public static ClusterRequest Read(IncomingMessage incoming)
    {
        ReadOnlySpan<byte> bytes = incoming.Message.Payload.Span;
        int needed = incoming.Message.Number switch { Probe => 1, ProbeVia => 17, HandOff or Leads => 13, _ => int.MaxValue };
        if (bytes.Length < needed || bytes[0] == 0)
        {
            throw new TransportException($"message {incoming.Message.Number} with {bytes.Length} bytes is none of the cluster's");
        }

        return incoming.Message.Number switch
        {
            ProbeVia => new ClusterRequest.ProbeFor(new NodeIncarnation(new Guid(bytes.Slice(1, 16)))),
            HandOff => new ClusterRequest.LetGo(
                incoming.From, BinaryPrimitives.ReadInt32LittleEndian(bytes[1..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[5..])),
            Leads => new ClusterRequest.Leads(
                incoming.From, BinaryPrimitives.ReadInt32LittleEndian(bytes[1..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[5..])),
            _ => new ClusterRequest.AreYouThere(incoming.From),
        };
    }

    private static NodeMessage OfShard(ushort number, int shard, long epoch)
    {
        byte[] bytes = new byte[13];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1), shard);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(5), epoch);
        return new NodeMessage(number, bytes);
    }
}

/// <summary>What another node says: a question, answered with a boolean, or <see cref="Leads"/>.</summary>
internal abstract record ClusterRequest
{
    private ClusterRequest()
    {
    }

    public sealed record AreYouThere(NodeIncarnation From) : ClusterRequest;

    public sealed record ProbeFor(NodeIncarnation Peer) : ClusterRequest;

    public sealed record LetGo(NodeIncarnation By, int Shard, long SeenEpoch) : ClusterRequest;

    /// <summary>No question: it leads a shard now.</summary>
    public sealed record Leads(NodeIncarnation By, int Shard, long Epoch) : ClusterRequest;
}
