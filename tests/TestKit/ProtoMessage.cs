using System.Buffers.Binary;

namespace Pleiad.TestKit;

/// <summary>Writes protobuf messages field by field, so that a test can also write what no generated code would.</summary>
/// <remarks>protobuf.dev, "Encoding".</remarks>
public sealed class ProtoMessage
{
    private readonly MemoryStream _bytes = new();

    /// <summary>Everything written.</summary>
    public byte[] ToArray() => _bytes.ToArray();

    /// <summary>A varint field; negative values take ten bytes, as int64 does.</summary>
    public ProtoMessage Varint(int field, long value)
    {
        Raw((ulong)field << 3);
        Raw((ulong)value);
        return this;
    }

    /// <summary>A sint64 field.</summary>
    public ProtoMessage ZigZag(int field, long value) => Varint(field, (value << 1) ^ (value >> 63));

    /// <summary>A double field.</summary>
    public ProtoMessage Double(int field, double value)
    {
        Raw(((ulong)field << 3) | 1);
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>A field of bytes.</summary>
    public ProtoMessage Bytes(int field, ReadOnlySpan<byte> value)
    {
        Raw(((ulong)field << 3) | 2);
        Raw((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    /// <summary>A text field.</summary>
    public ProtoMessage Text(int field, string value) => Bytes(field, System.Text.Encoding.UTF8.GetBytes(value));

    /// <summary>A message inside.</summary>
    public ProtoMessage Message(int field, ProtoMessage value) => Bytes(field, value.ToArray());

    /// <summary>Packed varints.</summary>
    public ProtoMessage Packed(int field, params ReadOnlySpan<long> values)
    {
        var packed = new ProtoMessage();
        foreach (long value in values)
        {
            packed.Raw((ulong)value);
        }

        return Bytes(field, packed.ToArray());
    }

    /// <summary>Packed sint64s.</summary>
    public ProtoMessage PackedZigZag(int field, params ReadOnlySpan<long> values)
    {
        var packed = new ProtoMessage();
        foreach (long value in values)
        {
            packed.Raw((ulong)((value << 1) ^ (value >> 63)));
        }

        return Bytes(field, packed.ToArray());
    }

    private void Raw(ulong value)
    {
        while (value >= 0x80)
        {
            _bytes.WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        _bytes.WriteByte((byte)value);
    }
}
