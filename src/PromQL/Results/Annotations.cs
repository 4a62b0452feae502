using System.Globalization;
using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Warnings and infos of a run, each text with its place once, in order of appearance. The texts are Prometheus's.</summary>
internal sealed class Annotations
{
    /// <summary>Different annotations kept; what comes after is counted.</summary>
    public const int DistinctMax = 1000;

    private readonly List<Entry> _entries = [];
    private readonly Dictionary<(bool Warning, string Text, int At), int> _known = [];
    private int _warningsLeftOut;
    private int _infosLeftOut;

    /// <summary>The warnings, each with its place in the text of the query.</summary>
    public IReadOnlyList<string> Warnings(string query) => Texts(query, warning: true, _warningsLeftOut);

    /// <summary>The infos.</summary>
    public IReadOnlyList<string> Infos(string query) => Texts(query, warning: false, _infosLeftOut);

    public void InvalidQuantile(double q, SourceSpan at) =>
        Warn($"quantile value should be between 0 and 1, got {FloatText.General(q)}", at);

    public void InvalidRatio(double ratio, double capped, SourceSpan at) => Warn(
        $"ratio value should be between -1 and 1, got {FloatText.General(ratio)}, capping to {FloatText.General(capped)}", at);

    public void BadBucketLabel(string metric, string label, SourceSpan at) => Warn(
        $"bucket label \"le\" is missing or has a malformed value of {QuotedText.Of(label)}{ForMetric(metric)}", at);

    public void MixedFloatsAndHistograms(string metric, SourceSpan at) =>
        Warn($"encountered a mix of histograms and floats for metric name {QuotedText.Of(metric)}", at);

    public void MixedFloatsAndHistogramsInAggregation(SourceSpan at) =>
        Warn("encountered a mix of histograms and floats for aggregation", at);

    public void MixedClassicAndNative(string metric, SourceSpan at) =>
        Warn("vector contains a mix of classic and native histograms" + ForMetric(metric), at);

    public void HistogramNotCounter(string metric, SourceSpan at) =>
        Warn($"this native histogram metric is not a counter: {QuotedText.Of(metric)}", at);

    public void HistogramNotGauge(string metric, SourceSpan at) =>
        Warn($"this native histogram metric is not a gauge: {QuotedText.Of(metric)}", at);

    public void MixedExponentialAndCustom(string metric, SourceSpan at) => Warn(
        $"vector contains a mix of histograms with exponential and custom buckets schemas for metric name {QuotedText.Of(metric)}", at);

    public void IncompatibleBucketLayout(BinaryOp op, SourceSpan at) =>
        Warn($"incompatible bucket layout encountered for binary operator {Operators.TextOf(op)}", at);

    public void SortInRangeQuery(SourceSpan at) =>
        Warn("sort is ineffective for range queries since results are always ordered by labels", at);

    public void ConflictingCounterResets(string operation, SourceSpan at) =>
        Warn($"conflicting counter resets during histogram {operation}", at);

    public void OverlappingStartTime(string metric, SourceSpan at) =>
        Warn($"sample has start time that overlaps with previous sample timestamp for metric {QuotedText.Of(metric)}", at);

    public void PossibleNonCounter(string metric, SourceSpan at) => Tell(
        $"metric might not be a counter, name does not end in _total/_sum/_count/_bucket: {QuotedText.Of(metric)}", at);

    public void PossibleNonCounterByType(string metric, string type, SourceSpan at) => Tell(
        $"metric might not be a counter, __type__ label is not set to \"counter\" or \"histogram\", got {QuotedText.Of(type)}: {QuotedText.Of(metric)}",
        at);

    public void IncompatibleTypes(string left, BinaryOp op, string right, SourceSpan at)
    {
        string text = Operators.TextOf(op);
        Tell($"incompatible sample types encountered for binary operator \"{text}\": {left} {text} {right}", at);
    }

    public void HistogramIgnoredInAggregation(AggregateOp op, SourceSpan at) =>
        Tell($"ignored histogram in {Operators.NameOf(op)} aggregation", at);

    public void HistogramIgnoredInMixedRange(string metric, SourceSpan at) => Tell(
        $"ignored histograms in a range containing both floats and histograms for metric name {QuotedText.Of(metric)}", at);

    public void QuantileOfNaNs(string metric, SourceSpan at) =>
        Tell("input to histogram_quantile has NaN observations, result is NaN" + ForMetric(metric), at);

    public void QuantileSkewedByNaNs(string metric, SourceSpan at) =>
        Tell("input to histogram_quantile has NaN observations, result is skewed higher" + ForMetric(metric), at);

    public void FractionWithoutNaNs(string metric, SourceSpan at) =>
        Tell("input to histogram_fraction has NaN observations, which are excluded from all fractions" + ForMetric(metric), at);

    public void MismatchedCustomBuckets(string operation, SourceSpan at) =>
        Tell($"mismatched custom buckets were reconciled during {operation}", at);

    public void RollupsUsed(long resolutionMs, bool prefers, SourceSpan at) => Tell(
        $"rollups of {RollupSelect.Words(resolutionMs)} were used {(prefers ? "instead of samples" : "where samples are gone")}: "
        + "there the answer is that of the last multiple of this time at or before the step", at);

    /// <summary>Buckets that had to be made monotonic; many of them become one text with the extremes of all.</summary>
    public void ForcedMonotonicity(string metric, SourceSpan at, long timeMs, in MonotonicityFix fix)
    {
        const string text = "input to histogram_quantile needed to be fixed for monotonicity "
            + "(see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)";
        if (Add(warning: false, text + ForMetric(metric), at) is not { } index)
        {
            return;
        }

        var forced = new Forced(fix.LowBound, fix.HighBound, fix.DropMax, timeMs, timeMs, 1);
        _entries[index].Monotonicity = _entries[index].Monotonicity?.With(forced) ?? forced;
    }

    /// <summary>Adds those of another part of the run.</summary>
    public void Absorb(Annotations other)
    {
        foreach (Entry entry in other._entries)
        {
            if (Add(entry.Warning, entry.Text, entry.At) is { } index && entry.Monotonicity is { } forced)
            {
                _entries[index].Monotonicity = _entries[index].Monotonicity?.With(forced) ?? forced;
            }
        }

        _warningsLeftOut += other._warningsLeftOut;
        _infosLeftOut += other._infosLeftOut;
    }

    /// <summary>Writes them into a message.</summary>
    public void Write(MessageWriter into)
    {
        foreach (Entry entry in _entries)
        {
            int mark = into.Begin(1);
            into.Number(1, entry.Warning ? 1UL : 0);
            into.Text(2, entry.Text);
            into.Number(3, (ulong)entry.At.Start);
            into.Number(4, (ulong)entry.At.End);
            if (entry.Monotonicity is { } forced)
            {
                into.Double(5, forced.LowBound);
                into.Double(6, forced.HighBound);
                into.Double(7, forced.DropMax);
                into.Signed(8, forced.From);
                into.Signed(9, forced.Through);
                into.Number(10, (ulong)forced.Count);
            }

            into.End(mark);
        }

        into.Number(2, (ulong)_warningsLeftOut);
        into.Number(3, (ulong)_infosLeftOut);
    }

    /// <summary>Adds what was written elsewhere.</summary>
    /// <exception cref="WireFormatException">It was not.</exception>
    public void Read(ReadOnlySpan<byte> message)
    {
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    ReadOne(reader.Bytes());
                    break;
                case 2:
                    _warningsLeftOut += reader.Number(int.MaxValue);
                    break;
                case 3:
                    _infosLeftOut += reader.Number(int.MaxValue);
                    break;
            }
        }
    }

    private void ReadOne(ReadOnlySpan<byte> message)
    {
        bool warning = false;
        string text = string.Empty;
        int[] places = new int[2];
        double[] bounds = new double[3];
        long[] times = new long[2];
        int count = 0;
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    warning = reader.Number() != 0;
                    break;
                case 2:
                    text = reader.Text();
                    break;
                case 3 or 4:
                    places[field - 3] = reader.Number(int.MaxValue);
                    break;
                case 5 or 6 or 7:
                    bounds[field - 5] = reader.Double();
                    break;
                case 8 or 9:
                    times[field - 8] = reader.Signed();
                    break;
                case 10:
                    count = reader.Number(int.MaxValue);
                    break;
            }
        }

        if (Add(warning, text, new SourceSpan(places[0], places[1])) is { } index && count > 0)
        {
            var forced = new Forced(bounds[0], bounds[1], bounds[2], times[0], times[1], count);
            _entries[index].Monotonicity = _entries[index].Monotonicity?.With(forced) ?? forced;
        }
    }

    private static string ForMetric(string metric) => metric.Length == 0 ? string.Empty : $" for metric name {QuotedText.Of(metric)}";

    private void Warn(string text, SourceSpan at) => Add(warning: true, text, at);

    private void Tell(string text, SourceSpan at) => Add(warning: false, text, at);

    private int? Add(bool warning, string text, SourceSpan at)
    {
        if (_known.TryGetValue((warning, text, at.Start), out int index))
        {
            return index;
        }

        if (_entries.Count >= DistinctMax)
        {
            if (warning)
            {
                _warningsLeftOut++;
            }
            else
            {
                _infosLeftOut++;
            }

            return null;
        }

        _known.Add((warning, text, at.Start), _entries.Count);
        _entries.Add(new Entry(warning, text, at));
        return _entries.Count - 1;
    }

    private List<string> Texts(string query, bool warning, int leftOut)
    {
        var texts = new List<string>();
        foreach (Entry entry in _entries)
        {
            if (entry.Warning != warning)
            {
                continue;
            }

            (int line, int column) = entry.At.Place(query);
            texts.Add($"PromQL {(warning ? "warning" : "info")}: {entry.Text}{entry.Monotonicity} ({line}:{column})");
        }

        if (leftOut > 0)
        {
            texts.Add($"{leftOut} more {(warning ? "warning" : "info")} annotations omitted");
        }

        return texts;
    }

    private sealed class Entry(bool warning, string text, SourceSpan at)
    {
        public bool Warning { get; } = warning;

        public string Text { get; } = text;

        public SourceSpan At { get; } = at;

        public Forced? Monotonicity { get; set; }
    }

    private sealed record Forced(double LowBound, double HighBound, double DropMax, long From, long Through, int Count)
    {
        public Forced With(Forced other) => new(
            Math.Min(LowBound, other.LowBound), Math.Max(HighBound, other.HighBound), Math.Max(DropMax, other.DropMax),
            Math.Min(From, other.From), Math.Max(Through, other.Through), Count + other.Count);

        public override string ToString() =>
            $", from buckets {FloatText.General(LowBound)} to {FloatText.General(HighBound)}, with a max diff of "
            + $"{DropMax.ToString("g2", CultureInfo.InvariantCulture)}, over {Count} samples from {Date(From)} to {Date(Through)}";

        private static string Date(long ms) =>
            DateTimeOffset.FromUnixTimeSeconds(Math.DivRem(ms, 1000).Quotient).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }
}
