using System.Buffers.Binary;

namespace Pleiad.Kernel;

/// <summary>What stands in front of each message on a connection: 16 bytes, little-endian. docs/formats/transport.md.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Number">Of the message.</param>
/// <param name="Correlation">Ties an answer to its question; 0 for a mere message.</param>
/// <param name="Length">Of the payload that follows.</param>
internal readonly record struct Frame(FrameKind Kind, ushort Number, ulong Correlation, int Length)
{
    public const int HeaderBytes = 16;

    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to, Length);
        to[4] = (byte)Kind;
        to[5] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(to[6..], Number);
        BinaryPrimitives.WriteUInt64LittleEndian(to[8..], Correlation);
    }

    /// <summary>Reads a header.</summary>
    /// <exception cref="TransportException">It is none, or the payload would be too long.</exception>
    public static Frame Read(ReadOnlySpan<byte> from, int payloadBytesMax)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(from);
        if (from[4] is < (byte)FrameKind.Tell or > (byte)FrameKind.Failure || from[5] != 0)
        {
            throw new TransportException($"a frame of kind {from[4]}, flags {from[5]}");
        }

        if (length < 0 || length > payloadBytesMax)
        {
            throw new TransportException($"a message of {length} bytes; the limit is {payloadBytesMax}");
        }

        return new Frame((FrameKind)from[4], BinaryPrimitives.ReadUInt16LittleEndian(from[6..]), BinaryPrimitives.ReadUInt64LittleEndian(from[8..]), length);
    }
}

/// <summary>What a frame is.</summary>
internal enum FrameKind : byte
{
    /// <summary>A message.</summary>
    Tell = 1,

    /// <summary>A question.</summary>
    Ask = 2,

    /// <summary>The answer to one.</summary>
    Answer = 3,

    /// <summary>Why there is no answer: UTF-8.</summary>
    Failure = 4,
}

/// <summary>The other side does not keep to the protocol, or is not who it should be.</summary>
internal sealed class TransportException(string message) : IOException(message);
