using System.Buffers.Binary;

namespace Pleiad.Kernel;

/// <summary>The first 48 bytes each way: what protocol, who calls, who is meant, which lane. docs/formats/transport.md.</summary>
/// <param name="From">Who sends this.</param>
/// <param name="To">Who is meant, or greeted back.</param>
/// <param name="Lane">What the connection is for.</param>
internal readonly record struct Greeting(NodeIncarnation From, NodeIncarnation To, Lane Lane)
{
    public const int Bytes = 48;

    /// <summary>The protocol: changes when frames or greetings change their form.</summary>
    public const int Version = 1;

    private const ulong Magic = 0x0000_4441_4945_4C50; // "PLEIAD"

    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(to, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(to[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(to[12..], (int)Lane);
        From.Value.TryWriteBytes(to[16..]);
        To.Value.TryWriteBytes(to[32..]);
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="TransportException">It is none, or of another protocol.</exception>
    public static Greeting Read(ReadOnlySpan<byte> from)
    {
        if (BinaryPrimitives.ReadUInt64LittleEndian(from) != Magic)
        {
            throw new TransportException("whoever connected is no node of a cluster");
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(from[8..]);
        int lane = BinaryPrimitives.ReadInt32LittleEndian(from[12..]);
        if (version != Version || lane is < (int)Lane.Control or > (int)Lane.Query)
        {
            throw new TransportException($"protocol {version}, lane {lane}; this node speaks {Version}");
        }

        return new Greeting(
            new NodeIncarnation(new Guid(from.Slice(16, 16))), new NodeIncarnation(new Guid(from.Slice(32, 16))), (Lane)lane);
    }

    /// <summary>Sends it.</summary>
    public async Task SendAsync(Stream stream, CancellationToken cancel)
    {
        byte[] bytes = new byte[Bytes];
        Write(bytes);
        await stream.WriteAsync(bytes, cancel);
    }

    /// <summary>Waits for the other side's.</summary>
    public static async Task<Greeting> ReceiveAsync(Stream stream, CancellationToken cancel)
    {
        byte[] bytes = new byte[Bytes];
        for (int read = 0; read < Bytes;)
        {
            int received = await stream.ReadAsync(bytes.AsMemory(read), cancel);
            if (received == 0)
            {
                throw new TransportException("the connection was closed before the greeting");
            }

            read += received;
        }

        return Read(bytes);
    }
}
