namespace Pleiad.Exposition;

/// <summary>The symbols of a remote write 2.0 request, as places in the message.</summary>
internal sealed class SymbolTable
{
    private const int SymbolsField = 4;

    private readonly List<(int Offset, int Length)> _symbols = [];

    public int Count => _symbols.Count;

    /// <summary>Finds them; they may stand behind the series that use them.</summary>
    /// <exception cref="PageSyntaxException">The bytes are no message.</exception>
    public void Read(ReadOnlySpan<byte> message)
    {
        var reader = new WireReader(message, 0, 0);
        while (reader.TryReadField(out int field, out int type))
        {
            if (field == SymbolsField && type == WireReader.Bytes)
            {
                ReadOnlySpan<byte> symbol = reader.ReadBytes();
                message.Overlaps(symbol, out int offset);
                _symbols.Add((symbol.IsEmpty ? 0 : offset, symbol.Length));
            }
            else
            {
                reader.Skip(type);
            }
        }
    }

    public bool TryGet(ReadOnlySpan<byte> message, ulong reference, out ReadOnlySpan<byte> symbol)
    {
        symbol = [];
        if (reference >= (ulong)_symbols.Count)
        {
            return false;
        }

        (int offset, int length) = _symbols[(int)reference];
        symbol = message.Slice(offset, length);
        return true;
    }
}
