using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>Puts the parts of a stream together and finds its records.</summary>
/// <param name="recordBytesMax">Of a record: more is no record of ours.</param>
internal sealed class RecordStreamReader(int recordBytesMax)
{
    private byte[] _bytes = [];
    private int _start;
    private int _end;

    /// <summary>Whether it stands between two records.</summary>
    public bool IsBetweenRecords => _start == _end;

    /// <summary>Takes in a part.</summary>
    public void Add(ReadOnlySpan<byte> part)
    {
        if (_bytes.Length - _end < part.Length)
        {
            int held = _end - _start;
            byte[] bytes = held + part.Length <= _bytes.Length ? _bytes : new byte[Math.Max(held + part.Length, (int)Math.Min(2L * _bytes.Length, Array.MaxLength))];
            _bytes.AsSpan(_start, held).CopyTo(bytes);
            _bytes = bytes;
            (_start, _end) = (0, held);
        }

        part.CopyTo(_bytes.AsSpan(_end));
        _end += part.Length;
    }

    /// <summary>The next record that is whole; valid until more is added.</summary>
    /// <exception cref="WireFormatException">What follows cannot be one.</exception>
    public bool Next(out ReadOnlySpan<byte> record)
    {
        record = default;
        ulong length = 0;
        for (int i = 0; ; i++)
        {
            if (_start + i == _end)
            {
                return false;
            }

            byte next = _bytes[_start + i];
            length |= (ulong)(next & 0x7F) << (7 * i);
            if (i == 4 || length > (ulong)recordBytesMax)
            {
                throw new WireFormatException($"a record of more than {recordBytesMax} bytes");
            }

            if (next < 0x80)
            {
                if (_end - _start - i - 1 < (int)length)
                {
                    return false;
                }

                record = _bytes.AsSpan(_start + i + 1, (int)length);
                _start += i + 1 + (int)length;
                return true;
            }
        }
    }
}
