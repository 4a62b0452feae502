namespace Pleiad.Exposition;

/// <summary>Walks over the metric name and the labels of a checked series text, without strings.</summary>
internal ref struct LabelWalk
{
    private readonly ReadOnlySpan<byte> _text;
    private int _at;
    private bool _inBraces;

    internal LabelWalk(ReadOnlySpan<byte> series)
    {
        _text = series;
        _at = 0;
        _inBraces = false;
    }

    /// <summary>Whether this is the metric name; the name is then in <see cref="Name"/>.</summary>
    internal bool IsMetricName { get; private set; }

    /// <summary>As written, quotes taken off, escapes left.</summary>
    internal ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>As written, quotes taken off, escapes left.</summary>
    internal ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>A walk that begins behind an opening brace.</summary>
    internal static LabelWalk InBraces(ReadOnlySpan<byte> labels) => new(labels) { _inBraces = true };

    internal bool MoveNext()
    {
        if (!_inBraces)
        {
            _inBraces = true;
            int end = SeriesText.NameEnd(_text, 0);
            _at = SeriesText.SkipBlanks(_text, end) + 1;
            if (end > 0)
            {
                Name = _text[..end];
                IsMetricName = true;
                return true;
            }
        }

        while (_at < _text.Length && _text[_at] is (byte)' ' or (byte)'\t' or (byte)',')
        {
            _at++;
        }

        if (_at >= _text.Length || _text[_at] == (byte)'}')
        {
            return false;
        }

        Name = Take();
        _at = SeriesText.SkipBlanks(_text, _at);
        IsMetricName = _at >= _text.Length || _text[_at] != (byte)'=';
        if (!IsMetricName)
        {
            _at = SeriesText.SkipBlanks(_text, _at + 1);
            Value = Take();
        }

        return true;
    }

    private ReadOnlySpan<byte> Take()
    {
        int start = _at;
        if (_text[start] == (byte)'"')
        {
            _at = SeriesText.QuotedEnd(_text, start, onLine: false);
            return _text[(start + 1)..(_at - 1)];
        }

        _at = SeriesText.NameEnd(_text, start);
        return _text[start.._at];
    }
}
