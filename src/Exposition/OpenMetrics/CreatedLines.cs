using System.Numerics;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>
/// Finds the start timestamp of a sample: the value of the <c>_created</c> line of the same family and labels, which stands
/// somewhere behind it and before the next comment, or was found for the sample before.
/// </summary>
/// <remarks>
/// OpenMetrics 1.0.0, section 5.1.1. Only the next such line counts: if it is another series' there is none, as in Prometheus.
/// Looking ahead goes over the page once in all, because one line ahead serves every sample before it.
/// </remarks>
internal ref struct CreatedLines
{
    private readonly ReadOnlySpan<byte> _page;

    // The next place with the word, and whether there is none any more.
    private int _wordAt = -1;
    private bool _noneLeft;

    // The line ahead: valid for samples that end before or at it.
    private int _aheadAt = -1;
    private ulong _aheadHash;
    private long _aheadMs;

    private ulong _lastHash;
    private long _lastMs;

    internal CreatedLines(ReadOnlySpan<byte> page) => _page = page;

    private static ReadOnlySpan<byte> Suffix => "_created"u8;

    /// <summary>Whether the sample is itself such a line.</summary>
    internal static bool IsCreatedLine(MetricType type, ReadOnlySpan<byte> series) =>
        HasStart(type) && SeriesText.NameOf(series).EndsWith(Suffix);

    internal readonly bool IsCreatedLine(scoped in PageSample sample) => !_noneLeftFromStart && IsCreatedLine(sample.Type, sample.Text);

    private readonly bool _noneLeftFromStart => _noneLeft && _wordAt < 0;

    /// <summary>The start timestamp in milliseconds, or 0.</summary>
    /// <param name="sample">Its text, type and family.</param>
    /// <param name="next">Where the line behind it begins.</param>
    internal long StartOf(scoped in PageSample sample, int next)
    {
        ReadOnlySpan<byte> name;
        if (_noneLeftFromStart || !HasStart(sample.Type) || sample.Family.IsEmpty
            || !(name = SeriesText.NameOf(sample.Text)).StartsWith(sample.Family))
        {
            _lastHash = 0;
            return 0;
        }

        ulong hash = HashOf(sample.Text, sample.Family, sample.Type);
        if (hash == _lastHash && _lastMs > 0)
        {
            return _lastMs;
        }

        if (next > _aheadAt)
        {
            LookAhead(next, sample.Type);
        }

        if (hash != _aheadHash)
        {
            _lastHash = 0;
            return 0;
        }

        _lastHash = hash;
        _lastMs = _aheadMs;
        return _aheadMs;
    }

    private static bool HasStart(MetricType type) => type is MetricType.Counter or MetricType.Summary or MetricType.Histogram;

    private static ulong HashOf(ReadOnlySpan<byte> series, ReadOnlySpan<byte> family, MetricType type)
    {
        var walk = new LabelWalk(series);
        ulong hash = XxHash64.Of(family);
        while (walk.MoveNext())
        {
            if (walk.IsMetricName
                || (type == MetricType.Summary && walk.Name.SequenceEqual("quantile"u8))
                || (type == MetricType.Histogram && walk.Name.SequenceEqual("le"u8)))
            {
                continue;
            }

            hash = BitOperations.RotateLeft(XxHash64.Of(walk.Name, hash), 17);
            hash = BitOperations.RotateLeft(XxHash64.Of(walk.Value, hash), 17);
        }

        return hash == 0 ? 1 : hash;
    }

    private void LookAhead(int next, MetricType type)
    {
        _aheadHash = 0;
        int from = next;
        while (true)
        {
            if (_wordAt < from)
            {
                int found = _noneLeft ? -1 : _page[from..].IndexOf(Suffix);
                _noneLeft = found < 0;
                if (_noneLeft)
                {
                    _aheadAt = _page.Length;
                    return;
                }

                _wordAt = from + found;
            }

            int comment = CommentBefore(next, _wordAt);
            if (comment >= 0)
            {
                _aheadAt = comment;
                return;
            }

            int line = _page[..(_wordAt)].LastIndexOf((byte)'\n') + 1;
            SyntaxFault fault = default;
            int end = SeriesText.Scan(_page, line, openMetrics: true, ref fault);
            ReadOnlySpan<byte> series = end < 0 ? [] : _page[line..end];
            ReadOnlySpan<byte> name = SeriesText.NameOf(series);
            if (name.EndsWith(Suffix) && end < _page.Length && FloatText.TryReadPrefix(_page[(end + 1)..], out double seconds, out _))
            {
                _aheadAt = line;
                _aheadHash = HashOf(series, name[..^Suffix.Length], type);
                _aheadMs = (long)(seconds * 1000);
                return;
            }

            int lineBreak = _page[_wordAt..].IndexOf((byte)'\n');
            from = lineBreak < 0 ? _page.Length : _wordAt + lineBreak + 1;
        }
    }

    // The comment line between, which ends the family.
    private readonly int CommentBefore(int from, int to)
    {
        if (from < _page.Length && _page[from] == (byte)'#')
        {
            return from;
        }

        int found = _page[from..to].IndexOf("\n#"u8);
        return found < 0 ? -1 : from + found + 1;
    }
}
