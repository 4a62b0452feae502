namespace Pleiad.Model;

/// <summary>The one NaN bit pattern that means "this series has ended here"; every other NaN is a value.</summary>
/// <remarks>Bits as Prometheus defines them (model/value: StaleNaN 0x7ff0000000000002, NormalNaN 0x7ff8000000000001).</remarks>
public static class StaleMarker
{
    /// <summary>The bits of the marker.</summary>
    public const ulong Bits = 0x7ff0000000000002;

    /// <summary>The bits of an ordinary NaN.</summary>
    public const ulong NormalNaNBits = 0x7ff8000000000001;

    /// <summary>The marker as a double. Copying keeps the bits; arithmetic does not.</summary>
    public static readonly double Value = BitConverter.UInt64BitsToDouble(Bits);

    /// <summary>The NaN that a page's "NaN" reads as.</summary>
    public static readonly double NormalNaN = BitConverter.UInt64BitsToDouble(NormalNaNBits);

    /// <summary>Whether a value is the marker.</summary>
    public static bool Is(double value) => BitConverter.DoubleToUInt64Bits(value) == Bits;
}
