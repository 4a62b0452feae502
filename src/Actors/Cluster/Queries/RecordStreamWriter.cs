using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>Cuts a sequence of records, each with its length in front, into parts that fit a message; a record may lie in several parts. Records are made when they are asked for.</summary>
/// <param name="records">Each step writes one record into the writer, which comes empty.</param>
/// <param name="partBytesMax">Of a part.</param>
internal sealed class RecordStreamWriter(Func<MessageWriter, IEnumerable<RecordKind>> records, int partBytesMax) : IDisposable
{
    private readonly MessageWriter _record = new();
    private readonly MessageWriter _pending = new();
    private IEnumerator<RecordKind>? _records;
    private int _sent;
    private bool _isAtEnd;

    /// <summary>The number of the part that comes next.</summary>
    public ulong NextPart { get; private set; }

    /// <summary>Writes the next part into a message.</summary>
    public void WritePart(MessageWriter into)
    {
        _records ??= records(_record).GetEnumerator();
        while (!_isAtEnd && _pending.Length - _sent < partBytesMax)
        {
            _record.Clear();
            if (_records.MoveNext())
            {
                _pending.Varint((ulong)_record.Length);
                _pending.Append(_record.Written);
            }
            else
            {
                _isAtEnd = true;
            }
        }

        int length = Math.Min(partBytesMax, _pending.Length - _sent);
        into.Bytes(2, _pending.Written.Slice(_sent, length));
        _sent += length;
        if (_sent == _pending.Length)
        {
            _pending.Clear();
            _sent = 0;
            into.Number(3, _isAtEnd ? 1UL : 0);
        }
        else if (_sent > partBytesMax)
        {
            _pending.DropFirst(_sent);
            _sent = 0;
        }

        NextPart++;
    }

    /// <inheritdoc/>
    public void Dispose() => _records?.Dispose();
}
