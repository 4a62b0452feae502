using System.Globalization;
using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>What is asked of each histogram of a vector, classic or native: a quantile, a fraction.</summary>
internal abstract class HistogramQuestion
{
    /// <summary>Reads arguments; called once.</summary>
    public abstract void Open();

    /// <summary>The answer for the buckets of a classic histogram at a step.</summary>
    public abstract double Classic(int step, Span<ClassicBucket> buckets, string metric);

    /// <summary>The answer for a native histogram at a step.</summary>
    public abstract double Native(int step, NativeHistogram histogram, string metric);

    /// <summary>A label the answer gets, for each step; null for none.</summary>
    public virtual (string Name, string Value)? LabelAt(int step) => null;

    protected static double[] ReadAll(ScalarOperator scalar)
    {
        var values = new double[scalar.Steps.Count];
        scalar.Read(values);
        return values;
    }
}

/// <summary>A quantile.</summary>
/// <param name="context">Of the run.</param>
/// <param name="quantile">Which.</param>
/// <param name="quantileSpan">Where the quantile stands.</param>
/// <param name="vectorSpan">Where the vector stands: annotations about histograms.</param>
/// <param name="steps">Of the call.</param>
/// <param name="label">A label that is to hold the quantile, or null.</param>
internal sealed class QuantileQuestion(
    QueryContext context, ScalarOperator quantile, SourceSpan quantileSpan, SourceSpan vectorSpan, Steps steps, string? label)
    : HistogramQuestion
{
    private double[] _quantiles = [];

    public override void Open()
    {
        _quantiles = ReadAll(quantile);
        foreach (double q in _quantiles.Distinct())
        {
            if (double.IsNaN(q) || q < 0 || q > 1)
            {
                context.Annotations.InvalidQuantile(q, quantileSpan);
            }
        }
    }

    public override double Classic(int step, Span<ClassicBucket> buckets, string metric)
    {
        double value = ClassicBuckets.Quantile(_quantiles[step], buckets, out MonotonicityFix? fix);
        if (fix is { } fixedBuckets)
        {
            context.Annotations.ForcedMonotonicity(metric, vectorSpan, steps.At(step), fixedBuckets);
        }

        return value;
    }

    public override double Native(int step, NativeHistogram histogram, string metric) =>
        Histograms.Quantile(_quantiles[step], histogram, context.Annotations, metric, vectorSpan);

    public override (string Name, string Value)? LabelAt(int step) =>
        label is null ? null : (label, FloatText.OpenMetrics(_quantiles[step]));
}

/// <summary>The share of observations between two values.</summary>
internal sealed class FractionQuestion(QueryContext context, ScalarOperator lower, ScalarOperator upper, SourceSpan span) : HistogramQuestion
{
    private double[] _lower = [];
    private double[] _upper = [];

    public override void Open()
    {
        _lower = ReadAll(lower);
        _upper = ReadAll(upper);
    }

    public override double Classic(int step, Span<ClassicBucket> buckets, string metric) =>
        ClassicBuckets.Fraction(_lower[step], _upper[step], buckets);

    public override double Native(int step, NativeHistogram histogram, string metric) =>
        Histograms.Fraction(_lower[step], _upper[step], histogram, context.Annotations, metric, span);
}

/// <summary>
/// Puts the questions to each histogram of a vector. Buckets of classic histograms are gathered by their labels without <c>le</c>;
/// where a native histogram of the same labels stands beside them at a step, neither has an answer.
/// </summary>
internal sealed class HistogramAnswers : OwnBlockOperator
{
    private readonly SeriesOperator _vector;
    private readonly IReadOnlyList<HistogramQuestion> _questions;
    private readonly SourceSpan _vectorSpan;
    private readonly LabelGroups _groups = new(only: false, [LabelName.Bucket], GroupMetadata.Kept);
    private readonly List<HistogramGroup> _list = [];
    private IEnumerator<SeriesBlock>? _results;

    public HistogramAnswers(
        QueryContext context, Steps steps, SeriesOperator vector, IReadOnlyList<HistogramQuestion> questions, SourceSpan vectorSpan,
        IEnumerable<ScalarOperator> scalars)
        : base(context, steps, [vector, .. scalars])
    {
        _vector = vector;
        _questions = questions;
        _vectorSpan = vectorSpan;
    }

    public override bool MoveNext()
    {
        _results ??= Results().GetEnumerator();
        return _results.MoveNext();
    }

    protected override void Dispose(bool disposing)
    {
        _results?.Dispose();
        foreach (HistogramGroup group in _list)
        {
            foreach (SeriesBlock block in group.Natives.Concat(group.Buckets.Select(b => b.Counts)))
            {
                block.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private IEnumerable<SeriesBlock> Results()
    {
        foreach (HistogramQuestion question in _questions)
        {
            question.Open();
        }

        while (_vector.MoveNext())
        {
            Context.ThrowIfOver();
            Place(_vector.Current);
        }

        foreach (HistogramGroup group in _list)
        {
            Context.ThrowIfOver();
            Context.Sort(group.Buckets, (a, b) => a.Bound.CompareTo(b.Bound));
            RefuseMixed(group);
            foreach (HistogramQuestion question in _questions)
            {
                foreach (SeriesBlock native in group.Natives)
                {
                    foreach (SeriesBlock part in Answer(question, native.Labels, native.Name, native.Present.ToArray(), (step, metric) =>
                        question.Native(step, native.HistogramAt(step)!, metric)))
                    {
                        yield return part;
                    }
                }

                if (group.Buckets.Count > 0)
                {
                    var buckets = new ClassicBucket[group.Buckets.Count];
                    foreach (SeriesBlock part in Answer(question, group.Labels, group.Name, group.Classic, (step, metric) =>
                        question.Classic(step, group.BucketsAt(step, buckets), metric)))
                    {
                        yield return part;
                    }
                }
            }
        }
    }

    private void Place(SeriesBlock series)
    {
        int index = _groups.Place(series);
        if (index == _list.Count)
        {
            _list.Add(new HistogramGroup(_groups.LabelsOf(index), series.Name, Steps));
        }

        HistogramGroup group = _list[index];
        if (series.HasHistograms)
        {
            Context.KeepColumn(Steps);
            SeriesBlock natives = series.Copy();
            foreach (int step in StepBits.Each(series.Present))
            {
                if (series.HistogramAt(step) is null)
                {
                    StepBits.Unset(natives.Present, step);
                }
            }

            group.Natives.Add(natives);
            series.KeepFloats();
            Context.Hold(natives.Weight);
        }

        if (series.IsEmpty)
        {
            return;
        }

        string bound = series.Labels.Get(LabelName.Bucket);
        if (!TryParseBound(bound, out double upper))
        {
            Context.Annotations.BadBucketLabel(ToldName(series.MetricName), bound, _vectorSpan);
            return;
        }

        StepBits.Or(series.Present, group.Classic);
        Context.KeepColumn(Steps);
        group.Buckets.Add((upper, series.Copy()));
        Context.Hold(StepBits.Count(series.Present));
    }

    // Where names go at once they are gone already when something is told of them.
    private string ToldName(string metric) => Context.DelaysNameRemoval ? metric : string.Empty;

    private void RefuseMixed(HistogramGroup group)
    {
        foreach (SeriesBlock native in group.Natives)
        {
            if (StepBits.Overlap(native.Present, group.Classic))
            {
                Context.Annotations.MixedClassicAndNative(ToldName(native.MetricName), _vectorSpan);
                ulong[] both = native.Present.ToArray();
                StepBits.And(group.Classic, both);
                StepBits.AndNot(both, native.Present);
                StepBits.AndNot(both, group.Classic);
            }
        }
    }

    private IEnumerable<SeriesBlock> Answer(
        HistogramQuestion question, Labels labels, NameFate name, ulong[] present, Func<int, string, double> answer)
    {
        string metric = name == NameFate.Dropped ? string.Empty : ToldName(labels.MetricName);
        ulong[] left = [.. present];
        while (!StepBits.None(left))
        {
            // A label that changes from step to step makes several series.
            (string Name, string Value)? label = null;
            bool first = true;
            Current.Clear();
            foreach (int step in StepBits.Each(left.ToArray()))
            {
                if (first)
                {
                    label = question.LabelAt(step);
                    first = false;
                }
                else if (question.LabelAt(step) != label)
                {
                    continue;
                }

                Context.ThrowIfOver();
                Current.Set(step, answer(step, metric));
                StepBits.Unset(left, step);
            }

            Current.Labels = label is { } added ? new LabelsBuilder(labels).Set(added.Name, added.Value).ToLabels() : labels;
            Current.Name = Context.DropName;
            yield return Current;
        }
    }

    private static bool TryParseBound(string text, out double bound)
    {
        ReadOnlySpan<char> unsigned = text.AsSpan().TrimStart("+-");
        if (unsigned.Equals("inf", StringComparison.OrdinalIgnoreCase) || unsigned.Equals("infinity", StringComparison.OrdinalIgnoreCase))
        {
            bound = text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        const NumberStyles styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, styles, CultureInfo.InvariantCulture, out bound);
    }

    private sealed class HistogramGroup(Labels labels, NameFate name, Steps steps)
    {
        public Labels Labels { get; } = labels;

        public NameFate Name { get; } = name;

        /// <summary>Steps at which some bucket has a count.</summary>
        public ulong[] Classic { get; } = new ulong[steps.Words];

        public List<(double Bound, SeriesBlock Counts)> Buckets { get; } = [];

        public List<SeriesBlock> Natives { get; } = [];

        public Span<ClassicBucket> BucketsAt(int step, ClassicBucket[] into)
        {
            int count = 0;
            foreach ((double bound, SeriesBlock counts) in Buckets)
            {
                if (counts.Has(step))
                {
                    into[count++] = new ClassicBucket(bound, counts.Values[step]);
                }
            }

            return into.AsSpan(0, count);
        }
    }
}
