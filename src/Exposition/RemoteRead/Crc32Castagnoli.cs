using System.Numerics;

namespace Pleiad.Exposition;

/// <summary>CRC-32C as frames of remote read carry it (RFC 3720, appendix B.4).</summary>
internal static class Crc32Castagnoli
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
