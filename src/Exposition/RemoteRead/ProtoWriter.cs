using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>Writes the protobuf wire format; a message inside another is written apart and put in as bytes.</summary>
/// <remarks>protobuf.dev, "Encoding".</remarks>
internal sealed class ProtoWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public void Clear() => _bytes.ResetWrittenCount();

    /// <summary>A number; left out where it is 0, as proto3 does.</summary>
    public void Varint(int field, ulong value)
    {
        if (value != 0)
        {
            Raw((ulong)field << 3);
            Raw(value);
        }
    }

    public void ZigZag(int field, long value) => Varint(field, Zig(value));

    /// <summary>A double, always written: +0 left out would be read as the same, but -0 too.</summary>
    public void Double(int field, double value)
    {
        Raw(((ulong)field << 3) | WireReader.Fixed64);
        RawDouble(value);
    }

    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Raw(((ulong)field << 3) | WireReader.Bytes);
        Raw((ulong)value.Length);
        _bytes.Write(value);
    }

    public void Text(int field, string value)
    {
        Raw(((ulong)field << 3) | WireReader.Bytes);
        int length = Encoding.UTF8.GetByteCount(value);
        Raw((ulong)length);
        Encoding.UTF8.GetBytes(value, _bytes.GetSpan(length));
        _bytes.Advance(length);
    }

    /// <summary>Labels as remote read and remote write 1.0 have them: a message of name and value for each.</summary>
    /// <param name="field">Of each label.</param>
    /// <param name="labels">In their order.</param>
    /// <param name="pair">Room for one of them; another than this.</param>
    public void Labels(int field, Labels labels, ProtoWriter pair)
    {
        foreach (Label label in labels)
        {
            pair.Clear();
            pair.Text(1, label.Name);
            pair.Text(2, label.Value);
            Bytes(field, pair.Written);
        }
    }

    public void Raw(ulong value)
    {
        Span<byte> to = _bytes.GetSpan(10);
        int length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            to[length++] = (byte)(value | 0x80);
        }

        to[length++] = (byte)value;
        _bytes.Advance(length);
    }

    public void RawBytes(ReadOnlySpan<byte> value) => _bytes.Write(value);

    public void RawBigEndian(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_bytes.GetSpan(sizeof(uint)), value);
        _bytes.Advance(sizeof(uint));
    }

    public void RawDouble(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(_bytes.GetSpan(sizeof(double)), value);
        _bytes.Advance(sizeof(double));
    }

    private static ulong Zig(long value) => (ulong)((value << 1) ^ (value >> 63));
}
