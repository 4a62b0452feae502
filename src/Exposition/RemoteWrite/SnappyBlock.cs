using System.Buffers;
using System.Buffers.Binary;

namespace Pleiad.Exposition;

/// <summary>The block format of snappy, which bodies of remote write and remote read have.</summary>
/// <remarks>google/snappy, format_description.txt. The framing format is another one and no valid block.</remarks>
public static class SnappyBlock
{
    /// <summary>Reads the length that the block declares, so that a caller can refuse it before making room.</summary>
    /// <param name="block">The block.</param>
    /// <param name="length">Bytes after decoding.</param>
    /// <param name="head">Bytes that the declaration takes.</param>
    public static bool TryReadLength(ReadOnlySpan<byte> block, out uint length, out int head)
    {
        ulong value = 0;
        for (head = 0; head < Math.Min(5, block.Length); head++)
        {
            value |= (ulong)(block[head] & 0x7F) << (7 * head);
            if (block[head] < 0x80)
            {
                head++;
                length = (uint)value;
                return value <= uint.MaxValue;
            }
        }

        length = 0;
        return false;
    }

    /// <summary>Decodes the elements after the declared length.</summary>
    /// <param name="elements">The block without its declaration.</param>
    /// <param name="to">Exactly as long as declared.</param>
    /// <returns>Whether the block is sound and fills <paramref name="to"/>.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> elements, Span<byte> to)
    {
        int at = 0;
        int written = 0;
        while (at < elements.Length)
        {
            byte tag = elements[at++];
            int kind = tag & 3;
            if (kind == 0)
            {
                long literal = tag >> 2;
                if (literal >= 60)
                {
                    int bytes = (int)literal - 59;
                    if (!TryReadLittle(elements, ref at, bytes, out literal))
                    {
                        return false;
                    }
                }

                literal++;
                if (literal > elements.Length - at || literal > to.Length - written)
                {
                    return false;
                }

                elements.Slice(at, (int)literal).CopyTo(to[written..]);
                at += (int)literal;
                written += (int)literal;
                continue;
            }

            int length = kind == 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
            if (!TryReadLittle(elements, ref at, kind == 3 ? 4 : kind, out long offset))
            {
                return false;
            }

            offset |= kind == 1 ? (long)(tag >> 5) << 8 : 0;
            if (offset == 0 || offset > written || length > to.Length - written)
            {
                return false;
            }

            Copy(to, written, (int)offset, length);
            written += length;
        }

        return written == to.Length;
    }

    /// <summary>Encodes bytes as a block: what the last 64 KiB had already, found by its first four bytes, becomes a copy.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> bytes)
    {
        const int TableBits = 14;
        const int OffsetMax = 65535;
        var block = new ArrayBufferWriter<byte>(bytes.Length / 2 + 16);
        PutLength(block, (uint)bytes.Length);
        int[] seen = new int[1 << TableBits];
        int literal = 0;
        int at = 0;
        while (at + sizeof(uint) <= bytes.Length)
        {
            uint four = BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
            ref int last = ref seen[(four * 0x1E35A7BDu) >> (32 - TableBits)];
            int found = last - 1;
            last = at + 1;
            if (found < 0 || at - found > OffsetMax || BinaryPrimitives.ReadUInt32LittleEndian(bytes[found..]) != four)
            {
                at++;
                continue;
            }

            int length = sizeof(uint) + bytes[(at + sizeof(uint))..].CommonPrefixLength(bytes[(found + sizeof(uint))..]);
            PutLiteral(block, bytes[literal..at]);
            PutCopies(block, at - found, length);
            at += length;
            literal = at;
        }

        PutLiteral(block, bytes[literal..]);
        return block.WrittenSpan.ToArray();
    }

    private static void PutLength(ArrayBufferWriter<byte> block, uint length)
    {
        for (; length >= 0x80; length >>= 7)
        {
            block.Write([(byte)(length | 0x80)]);
        }

        block.Write([(byte)length]);
    }

    private static void PutLiteral(ArrayBufferWriter<byte> block, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        uint less = (uint)bytes.Length - 1;
        Span<byte> head = stackalloc byte[1 + sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(head[1..], less);
        int lengthBytes = less < 60 ? 0 : less < 1 << 8 ? 1 : less < 1 << 16 ? 2 : less < 1 << 24 ? 3 : 4;
        head[0] = (byte)((lengthBytes == 0 ? less : 59 + (uint)lengthBytes) << 2);
        block.Write(head[..(1 + lengthBytes)]);
        block.Write(bytes);
    }

    private static void PutCopies(ArrayBufferWriter<byte> block, int offset, int length)
    {
        const int CopyMax = 64;
        for (; length > 0; length -= CopyMax)
        {
            int now = Math.Min(length, CopyMax);
            block.Write([(byte)(((now - 1) << 2) | 2), (byte)offset, (byte)(offset >> 8)]);
        }
    }

    // A copy may reach into what it is writing: a short offset repeats a pattern.
    private static void Copy(Span<byte> to, int at, int offset, int length)
    {
        if (offset >= length)
        {
            to.Slice(at - offset, length).CopyTo(to[at..]);
            return;
        }

        for (int i = 0; i < length; i++)
        {
            to[at + i] = to[at + i - offset];
        }
    }

    private static bool TryReadLittle(ReadOnlySpan<byte> from, ref int at, int bytes, out long value)
    {
        value = 0;
        if (from.Length - at < bytes)
        {
            return false;
        }

        for (int i = 0; i < bytes; i++)
        {
            value |= (long)from[at++] << (8 * i);
        }

        return true;
    }
}
