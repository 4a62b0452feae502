using System.Buffers.Binary;
using System.Numerics;

namespace Pleiad.Storage;

/// <summary>CRC-32C (Castagnoli), by the processor's own instruction where there is one.</summary>
/// <remarks>RFC 3720 appendix B.4 has the check values the tests use.</remarks>
public static class Crc32C
{
    /// <summary>The checksum of some bytes.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="before">The checksum of what came before, so that parts add up; 0 at the beginning.</param>
    public static uint Of(ReadOnlySpan<byte> data, uint before = 0)
    {
        uint crc = ~before;
        while (data.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[8..];
        }

        foreach (byte b in data)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
