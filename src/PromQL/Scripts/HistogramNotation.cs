using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Native histograms as scripts write them: <c>{{schema:1 sum:0.3 count:3 buckets:[5 10 7] offset:3}}</c>.</summary>
/// <remarks>Prometheus documentation, "Unit testing for rules", series notation.</remarks>
internal static class HistogramNotation
{
    private const int BucketsMax = 10_000;

    /// <summary>Reads a histogram; the reader stands before <c>{{</c> and then behind <c>}}</c>.</summary>
    /// <param name="reader">Text to read from.</param>
    /// <param name="hintWritten">Whether the counter reset hint is among the fields.</param>
    public static NativeHistogram Read(ref NotationReader reader, out bool hintWritten)
    {
        var fields = new Fields();
        reader.Take("{{");
        bool space = reader.TakeSpace();
        if (reader.TryTake("}}"))
        {
            hintWritten = false;
            return fields.Build();
        }

        if (space)
        {
            throw reader.Unexpected();
        }

        do
        {
            if (reader.TryTake("}}"))
            {
                hintWritten = fields.Seen.Contains("counter_reset_hint");
                return fields.Build();
            }

            fields.Read(ref reader);
        }
        while (reader.TakeSpace() || reader.Peek == '}');

        throw reader.Unexpected();
    }

    private sealed class Fields
    {
        private int _schema;
        private double _sum;
        private double _count;
        private double _zeroCount;
        private double _zeroThreshold;
        private double[] _positive = [];
        private double[] _negative = [];
        private double[] _bounds = [];
        private int _positiveOffset;
        private int _negativeOffset;
        private CounterResetHint _hint;

        public HashSet<string> Seen { get; } = [];

        public void Read(ref NotationReader reader)
        {
            string name = reader.Word().ToString();
            if (!Seen.Add(name))
            {
                throw new ScriptSyntaxException(0, $"duplicate key {GoQuote.Text(name)} in histogram");
            }

            if (!IsField(name))
            {
                throw name.Length == 0 ? reader.Unexpected() : new ScriptSyntaxException(0, $"bad histogram descriptor found: {GoQuote.Text(name)}");
            }

            if (!reader.TryTake(":"))
            {
                throw new ScriptSyntaxException(0, "missing `:` for histogram descriptor");
            }

            switch (name)
            {
                case "schema": _schema = Integer(ref reader); break;
                case "sum": _sum = reader.Number(); break;
                case "count": _count = reader.Number(); break;
                case "z_bucket": _zeroCount = reader.Number(); break;
                case "z_bucket_w": _zeroThreshold = reader.Number(); break;
                case "buckets": _positive = List(ref reader); break;
                case "n_buckets": _negative = List(ref reader); break;
                case "custom_values": _bounds = List(ref reader); break;
                case "offset": _positiveOffset = Integer(ref reader); break;
                case "n_offset": _negativeOffset = Integer(ref reader); break;
                default: _hint = Hint(ref reader); break;
            }
        }

        public NativeHistogram Build() => new()
        {
            Schema = _schema,
            Sum = _sum,
            Count = _count,
            ZeroCount = _zeroCount,
            ZeroThreshold = _zeroThreshold,
            PositiveSpans = _positive.Length == 0 ? [] : [new BucketSpan(_positiveOffset, (uint)_positive.Length)],
            PositiveBuckets = _positive,
            NegativeSpans = _negative.Length == 0 ? [] : [new BucketSpan(_negativeOffset, (uint)_negative.Length)],
            NegativeBuckets = _negative,
            CustomBounds = _bounds,
            ResetHint = _hint,
        };

        private static bool IsField(string name) => name is
            "schema" or "sum" or "count" or "z_bucket" or "z_bucket_w" or "buckets" or "n_buckets" or "custom_values" or "offset" or "n_offset"
            or "counter_reset_hint";

        private static int Integer(ref NotationReader reader)
        {
            bool negative = reader.TryTake("-");
            int value = reader.Count();
            return negative ? -value : value;
        }

        private static double[] List(ref NotationReader reader)
        {
            reader.Take("[");
            var numbers = new List<double>();
            do
            {
                if (numbers.Count > 0 && reader.TryTake("]"))
                {
                    return [.. numbers];
                }

                numbers.Add(reader.Number());
                if (numbers.Count > BucketsMax)
                {
                    throw new ScriptSyntaxException(0, $"more than {BucketsMax} buckets in a histogram");
                }
            }
            while (reader.TakeSpace() || reader.Peek == ']');

            throw reader.Unexpected();
        }

        private static CounterResetHint Hint(ref NotationReader reader) => reader.Word().ToString() switch
        {
            "unknown" => CounterResetHint.Unknown,
            "reset" => CounterResetHint.Reset,
            "not_reset" => CounterResetHint.NotReset,
            "gauge" => CounterResetHint.Gauge,
            _ => throw reader.Unexpected(),
        };
    }
}
