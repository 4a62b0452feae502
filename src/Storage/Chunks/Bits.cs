using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Pleiad.Storage;

/// <summary>Writes bits into a span, most significant first, eight bytes at a time. Bits not yet written must be zero.</summary>
internal static class Bits
{
    /// <summary>Appends the low bits of a number.</summary>
    /// <param name="into">Holds the bits; long enough for the new ones.</param>
    /// <param name="position">Bits written so far; moves on.</param>
    /// <param name="value">No bit above <paramref name="count"/> set.</param>
    /// <param name="count">1 to 64.</param>
    /// <remarks>Bytes already complete are written again with the same content, so a reader of the earlier bits sees no change.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put(Span<byte> into, ref int position, ulong value, int count)
    {
        int at = position >> 3;
        int used = position & 7;
        position += count;
        if (at + 9 <= into.Length)
        {
            Span<byte> word = into.Slice(at, 8);
            ulong bits = BinaryPrimitives.ReadUInt64BigEndian(word);
            int room = 64 - used;
            if (count <= room)
            {
                BinaryPrimitives.WriteUInt64BigEndian(word, bits | (value << (room - count)));
            }
            else
            {
                int over = count - room;
                BinaryPrimitives.WriteUInt64BigEndian(word, bits | (value >> over));
                into[at + 8] = (byte)(value << (8 - over));
            }

            return;
        }

        PutBytes(into, at, used, value, count);
    }

    // Near the end of a piece, where eight bytes at once do not fit.
    private static void PutBytes(Span<byte> into, int at, int used, ulong value, int count)
    {
        while (count > 0)
        {
            int room = 8 - used;
            int take = Math.Min(room, count);
            ulong part = (value >> (count - take)) & ((1UL << take) - 1);
            into[at] |= (byte)(part << (room - take));
            count -= take;
            used = 0;
            at++;
        }
    }
}
