using System.Buffers.Binary;

namespace Pleiad.Exposition;

/// <summary>Reads the protobuf wire format over bytes, with every length checked against what is left.</summary>
/// <remarks>protobuf.dev, "Encoding". Groups are refused: the messages of the exposition have none.</remarks>
internal ref struct WireReader
{
    internal const int Varint = 0;
    internal const int Fixed64 = 1;
    internal const int Bytes = 2;
    internal const int Fixed32 = 5;

    private readonly ReadOnlySpan<byte> _bytes;

    // Where the bytes stand in the page, for errors.
    private readonly int _offset;
    private readonly int _message;
    private int _at;

    internal WireReader(ReadOnlySpan<byte> bytes, int offset, int message)
    {
        _bytes = bytes;
        _offset = offset;
        _message = message;
        _at = 0;
    }

    internal readonly bool AtEnd => _at >= _bytes.Length;

    /// <summary>Reads the head of the next field.</summary>
    internal bool TryReadField(out int field, out int wireType)
    {
        if (AtEnd)
        {
            field = 0;
            wireType = 0;
            return false;
        }

        ulong tag = ReadVarint();
        field = (int)(tag >> 3);
        wireType = (int)(tag & 7);
        return tag >> 3 is > 0 and <= 536870911 ? true : throw Fault("invalid protobuf field number");
    }

    internal ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70 && _at < _bytes.Length; shift += 7)
        {
            byte b = _bytes[_at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw Fault("unexpected end of a protobuf varint");
    }

    internal long ReadZigZag()
    {
        ulong raw = ReadVarint();
        return (long)(raw >> 1) ^ -(long)(raw & 1);
    }

    internal double ReadDouble()
    {
        if (_bytes.Length - _at < sizeof(double))
        {
            throw Fault("unexpected end of a protobuf double");
        }

        double value = BinaryPrimitives.ReadDoubleLittleEndian(_bytes[_at..]);
        _at += sizeof(double);
        return value;
    }

    internal ReadOnlySpan<byte> ReadBytes()
    {
        ulong length = ReadVarint();
        if (length > (ulong)(_bytes.Length - _at))
        {
            throw Fault("unexpected end of a protobuf message");
        }

        ReadOnlySpan<byte> bytes = _bytes.Slice(_at, (int)length);
        _at += (int)length;
        return bytes;
    }

    internal readonly int Length => _bytes.Length;

    internal WireReader ReadMessage() => ReadMessage(_message);

    /// <summary>Reads a message inside this one.</summary>
    /// <param name="number">Which message of the page, for errors.</param>
    internal WireReader ReadMessage(int number)
    {
        ReadOnlySpan<byte> bytes = ReadBytes();
        return new WireReader(bytes, _offset + _at - bytes.Length, number);
    }

    /// <summary>Goes over a field that is not known, or refuses one of another type than the known field has.</summary>
    internal void Skip(int wireType)
    {
        switch (wireType)
        {
            case Varint:
                ReadVarint();
                break;
            case Bytes:
                ReadBytes();
                break;
            case Fixed64:
            case Fixed32:
                int size = wireType == Fixed64 ? 8 : 4;
                if (_bytes.Length - _at < size)
                {
                    throw Fault("unexpected end of a protobuf field");
                }

                _at += size;
                break;
            default:
                throw Fault($"protobuf wire type {wireType}");
        }
    }

    internal readonly PageSyntaxException Fault(string reason) => new(_message, _offset + _at, reason);
}
