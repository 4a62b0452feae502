using System.Buffers;
using System.Text;

namespace Pleiad.Gateway;

/// <summary>
/// Writes JSON as UTF-8 into one pooled buffer that its owner empties into the response whenever it is nearly full.
/// Commas are its business, nesting, however deep, is the caller's. Writing never waits; only <see cref="DrainAsync"/> does.
/// </summary>
internal sealed class JsonText : IDisposable
{
    /// <summary>From so many bytes on the text is worth handing on.</summary>
    public const int DrainFrom = 48 * 1024;

    private const int BytesAtFirst = 64 * 1024;
    private const int BytesPerCharMax = 6;   // \u0000

    // What JSON demands, and what Go's encoder escapes as well, so that a label is harmless even inside HTML; surrogates may be unpaired.
    private static readonly SearchValues<char> Special = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\', '<', '>', '&', '\u2028', '\u2029', .. Enumerable.Range(0xD800, 0x800).Select(c => (char)c)]);

    private readonly Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> _drain;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BytesAtFirst);
    private int _used;
    private bool _needsComma;   // Something stands already in the object or array that is open: whoever was in it last has closed, or was a value.

    /// <summary>An empty text.</summary>
    /// <param name="drain">Takes what was written; the memory is valid until it completes.</param>
    public JsonText(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> drain) => _drain = drain;

    /// <summary>Bytes written and not yet drained.</summary>
    public ReadOnlyMemory<byte> Pending => _buffer.AsMemory(0, _used);

    /// <summary>Whether anything was drained: from then on the status line is gone.</summary>
    public bool HasDrained { get; private set; }

    /// <summary>Forgets what was not drained.</summary>
    public void Clear()
    {
        _used = 0;
        _needsComma = false;
    }

    /// <summary>Hands on what was written if that is worth it.</summary>
    public ValueTask DrainIfLargeAsync(CancellationToken cancel) => _used >= DrainFrom ? DrainAsync(cancel) : default;

    /// <summary>Hands on what was written.</summary>
    public async ValueTask DrainAsync(CancellationToken cancel)
    {
        HasDrained = true;
        int ready = _used;
        _used = 0;
        await _drain(_buffer.AsMemory(0, ready), cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        _used = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Starts an object.</summary>
    public JsonText ObjectStart() => Open((byte)'{');

    /// <summary>Ends an object.</summary>
    public JsonText ObjectEnd() => Close((byte)'}');

    /// <summary>Starts an array.</summary>
    public JsonText ArrayStart() => Open((byte)'[');

    /// <summary>Ends an array.</summary>
    public JsonText ArrayEnd() => Close((byte)']');

    /// <summary>The name of a member, from our own text: it must need no escape.</summary>
    public JsonText Name(ReadOnlySpan<byte> name)
    {
        Comma();
        Span<byte> to = Reserve(name.Length + 3);
        to[0] = (byte)'"';
        name.CopyTo(to[1..]);
        to[name.Length + 1] = (byte)'"';
        to[name.Length + 2] = (byte)':';
        _used += name.Length + 3;
        _needsComma = false;
        return this;
    }

    /// <summary>The name of a member, from anywhere.</summary>
    public JsonText Name(string name)
    {
        String(name);
        Byte((byte)':');
        _needsComma = false;
        return this;
    }

    /// <summary>A string.</summary>
    public JsonText String(ReadOnlySpan<char> value)
    {
        Comma();
        Span<byte> plain = Reserve(value.Length + 2);
        if (PlainText.TryCopy(value, plain[1..]))
        {
            plain[0] = (byte)'"';
            plain[value.Length + 1] = (byte)'"';
            _used += value.Length + 2;
            return this;
        }

        if (value.IndexOfAny(Special) < 0)
        {
            Span<byte> to = Reserve((value.Length * 3) + 2);
            to[0] = (byte)'"';
            int written = Encoding.UTF8.GetBytes(value, to[1..]);
            to[written + 1] = (byte)'"';
            _used += written + 2;
            return this;
        }

        Span<byte> escaped = Reserve((value.Length * BytesPerCharMax) + 2);
        escaped[0] = (byte)'"';
        int at = 1;
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            if (char.IsSurrogate(c))
            {
                // An unpaired half has no UTF-8 form: U+FFFD stands in, as for every broken text.
                Rune.DecodeFromUtf16(value[i..], out Rune rune, out int chars);
                at += rune.EncodeToUtf8(escaped[at..]);
                i += chars - 1;
            }
            else
            {
                at += Escape(c, escaped[at..]);
            }
        }

        escaped[at] = (byte)'"';
        _used += at + 1;
        return this;
    }

    /// <summary>A whole number.</summary>
    public JsonText Number(long value)
    {
        Comma();
        value.TryFormat(Reserve(SampleText.TimeBytesMax), out int written);
        _used += written;
        return this;
    }

    /// <summary>A finite number; one that is not finite becomes 0, for which JSON has no word.</summary>
    public JsonText Number(double value)
    {
        Comma();
        _used += SampleText.WritePlain(double.IsFinite(value) ? value : 0, Reserve(SampleText.PlainBytesMax));
        return this;
    }

    /// <summary>Milliseconds since the epoch as a number of seconds.</summary>
    public JsonText Seconds(long milliseconds)
    {
        Comma();
        _used += SampleText.WriteSeconds(milliseconds, Reserve(SampleText.TimeBytesMax));
        return this;
    }

    /// <summary>A value of a sample: a number inside a string.</summary>
    public JsonText Value(double value)
    {
        Comma();
        Span<byte> to = Reserve(SampleText.ValueBytesMax + 2);
        to[0] = (byte)'"';
        int written = SampleText.WriteValue(value, to[1..]);
        to[written + 1] = (byte)'"';
        _used += written + 2;
        return this;
    }

    /// <summary>A value without exponent, inside a string: the form of scalars.</summary>
    public JsonText PlainValue(double value)
    {
        Comma();
        Span<byte> to = Reserve(SampleText.PlainBytesMax + 2);
        to[0] = (byte)'"';
        int written = SampleText.WritePlain(value, to[1..]);
        to[written + 1] = (byte)'"';
        _used += written + 2;
        return this;
    }

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public JsonText Bool(bool value) => Literal(value ? "true"u8 : "false"u8);

    /// <summary><c>null</c>.</summary>
    public JsonText Null() => Literal("null"u8);

    /// <summary>One value of JSON that somebody else has written.</summary>
    public JsonText Literal(ReadOnlySpan<byte> json)
    {
        Comma();
        json.CopyTo(Reserve(json.Length));
        _used += json.Length;
        return this;
    }

    /// <summary>
    /// Samples <c>[time,"value"]</c> as items of the open array, from one on, as many as the buffer holds.
    /// </summary>
    /// <returns>The first sample not written; drain and go on from there.</returns>
    public int Samples(ReadOnlySpan<long> times, ReadOnlySpan<double> values, int from)
    {
        const int bytesMax = SampleText.TimeBytesMax + SampleText.ValueBytesMax + 8;
        Span<byte> to = _buffer.AsSpan(_used);
        int at = 0;
        int i = from;
        bool comma = _needsComma;
        for (; i < times.Length && to.Length - at >= bytesMax; i++)
        {
            Span<byte> here = to[at..];
            int n = 0;
            if (comma)
            {
                here[n++] = (byte)',';
            }

            comma = true;
            here[n++] = (byte)'[';
            n += SampleText.WriteSeconds(times[i], here[n..]);
            here[n++] = (byte)',';
            here[n++] = (byte)'"';
            n += SampleText.WriteValue(values[i], here[n..]);
            here[n++] = (byte)'"';
            here[n++] = (byte)']';
            at += n;
        }

        if (i > from)
        {
            _needsComma = true;
        }

        _used += at;
        return i;
    }

    private static int Escape(char c, Span<byte> to)
    {
        switch (c)
        {
            case '"': "\\\""u8.CopyTo(to); return 2;
            case '\\': "\\\\"u8.CopyTo(to); return 2;
            case '\n': "\\n"u8.CopyTo(to); return 2;
            case '\r': "\\r"u8.CopyTo(to); return 2;
            case '\t': "\\t"u8.CopyTo(to); return 2;
            case '\b': "\\b"u8.CopyTo(to); return 2;
            case '\f': "\\f"u8.CopyTo(to); return 2;
        }

        if (Special.Contains(c))
        {
            "\\u"u8.CopyTo(to);
            ((int)c).TryFormat(to[2..], out _, "x4");
            return BytesPerCharMax;
        }

        return new Rune(c).EncodeToUtf8(to);
    }

    private JsonText Open(byte bracket)
    {
        Comma();
        Byte(bracket);
        _needsComma = false;
        return this;
    }

    private JsonText Close(byte bracket)
    {
        Byte(bracket);
        _needsComma = true;
        return this;
    }

    private void Comma()
    {
        if (_needsComma)
        {
            Byte((byte)',');
        }

        _needsComma = true;
    }

    private void Byte(byte one)
    {
        Reserve(1)[0] = one;
        _used++;
    }

    private Span<byte> Reserve(int bytes)
    {
        if (_buffer.Length - _used < bytes)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, checked(_used + bytes)));
            Pending.Span.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsSpan(_used);
    }
}
