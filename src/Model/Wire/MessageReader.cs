using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Pleiad.Model;

/// <summary>Reads what <see cref="MessageWriter"/> has written, field by field; fields that nobody asks for are passed over. Trusts nothing.</summary>
public ref struct MessageReader(ReadOnlySpan<byte> message)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _left = message;
    private MessageWire _wire;
    private bool _isPending;

    /// <summary>Moves to the next field; what was not read of the last one is passed over.</summary>
    /// <exception cref="WireFormatException">There is no field there.</exception>
    public bool Next(out int field)
    {
        if (_isPending)
        {
            Skip();
        }

        if (_left.IsEmpty)
        {
            field = 0;
            return false;
        }

        ulong key = Varint(ref _left);
        field = (int)(key >> 3);
        _wire = (MessageWire)(key & 7);
        if (key > uint.MaxValue || field == 0 || _wire is not (MessageWire.Varint or MessageWire.Fixed64 or MessageWire.Bytes or MessageWire.Fixed32))
        {
            throw new WireFormatException($"no field begins with {key}");
        }

        _isPending = true;
        return true;
    }

    /// <summary>A number.</summary>
    public ulong Number()
    {
        Take(MessageWire.Varint);
        return Varint(ref _left);
    }

    /// <summary>A number from 0 to a limit.</summary>
    public int Number(int max) =>
        Number() is var value && value <= (ulong)max ? (int)value : throw new WireFormatException($"{value} is more than {max}");

    /// <summary>A number that may be negative.</summary>
    public long Signed()
    {
        ulong value = Number();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A double.</summary>
    public double Double()
    {
        Take(MessageWire.Fixed64);
        return BinaryPrimitives.ReadDoubleLittleEndian(Cut(8));
    }

    /// <summary>Bytes, or a message.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        Take(MessageWire.Bytes);
        ulong length = Varint(ref _left);
        return length <= (ulong)_left.Length ? Cut((int)length) : throw new WireFormatException($"{length} bytes announced, {_left.Length} there");
    }

    /// <summary>Text.</summary>
    public string Text()
    {
        try
        {
            return Strict.GetString(Bytes());
        }
        catch (DecoderFallbackException e)
        {
            throw new WireFormatException($"text is not UTF-8: {e.Message}");
        }
    }

    /// <summary>A column of fixed 64-bit values.</summary>
    public T[] Column<T>()
        where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = Bytes();
        return bytes.Length % 8 == 0
            ? MemoryMarshal.Cast<byte, T>(bytes).ToArray()
            : throw new WireFormatException($"a column of {bytes.Length} bytes");
    }

    /// <summary>Numbers of 32 bits, added to what is there.</summary>
    public void Numbers(List<int> into)
    {
        ReadOnlySpan<byte> left = Bytes();
        while (!left.IsEmpty)
        {
            ulong value = Varint(ref left);
            into.Add(value <= uint.MaxValue ? (int)(uint)value : throw new WireFormatException($"{value} has more than 32 bits"));
        }
    }

    private static ulong Varint(ref ReadOnlySpan<byte> from)
    {
        ulong value = 0;
        for (int i = 0; i < Math.Min(10, from.Length); i++)
        {
            value |= (ulong)(from[i] & 0x7F) << (7 * i);
            if (from[i] < 0x80)
            {
                from = from[(i + 1)..];
                return value;
            }
        }

        throw new WireFormatException("a number that does not end");
    }

    private void Skip()
    {
        switch (_wire)
        {
            case MessageWire.Varint:
                Number();
                break;
            case MessageWire.Bytes:
                Bytes();
                break;
            default:
                _isPending = false;
                Cut(_wire == MessageWire.Fixed64 ? 8 : 4);
                break;
        }
    }

    private void Take(MessageWire wire)
    {
        if (!_isPending || _wire != wire)
        {
            throw new WireFormatException($"a field is {_wire}, not {wire}");
        }

        _isPending = false;
    }

    private ReadOnlySpan<byte> Cut(int count)
    {
        if (_left.Length < count)
        {
            throw new WireFormatException($"{count} bytes announced, {_left.Length} there");
        }

        ReadOnlySpan<byte> cut = _left[..count];
        _left = _left[count..];
        return cut;
    }
}
