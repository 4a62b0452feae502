namespace Pleiad.PromQL;

/// <summary>How often Prometheus counts what a selector touches: its figures are those of a tree that is walked step by step.</summary>
internal enum CountedAs
{
    /// <summary>Once, at the step of the query it is touched for.</summary>
    EachStep,

    /// <summary>At each step of the query: what is evaluated once for all steps.</summary>
    EveryStep,

    /// <summary>Not at all: what a subquery reads shows in what its windows hold.</summary>
    Nowhere,
}

/// <summary>Samples touched, as Prometheus counts <c>totalQueryableSamples</c>, and at which steps if somebody wants to know.</summary>
/// <param name="steps">Of the query.</param>
/// <param name="keepsSteps">Whether to keep a count for each.</param>
internal sealed class StepCounts(int steps, bool keepsSteps)
{
    private readonly long[]? _each = keepsSteps ? new long[steps] : null;

    /// <summary>Over all steps.</summary>
    public long Total { get; private set; }

    /// <summary>Of each step; empty where nobody wants to know.</summary>
    public ReadOnlySpan<long> Each => _each;

    /// <summary>Adds the series of an instant vector: one at each step that has a sample.</summary>
    public void Add(SeriesBlock series, CountedAs how)
    {
        if (how == CountedAs.Nowhere)
        {
            return;
        }

        if (series.HasHistograms || (_each is not null && how == CountedAs.EachStep))
        {
            foreach (int step in StepBits.Each(series.Present))
            {
                Add(step, series.HistogramAt(step)?.SampleWeight ?? 1, how);
            }

            return;
        }

        Add(0, StepBits.Count(series.Present), how);
    }

    /// <summary>Adds the windows of a series.</summary>
    public void Add(SampleWindows windows, Model.SampleColumns samples, CountedAs how)
    {
        if (how == CountedAs.Nowhere)
        {
            return;
        }

        if (!samples.HasHistograms && (_each is null || how == CountedAs.EveryStep))
        {
            Add(0, windows.Touched, how);
            return;
        }

        for (int step = 0; step < windows.First.Length; step++)
        {
            int first = windows.First[step];
            Add(step, samples.HasHistograms ? samples.WeightOf(first, windows.Behind[step]) : windows.Behind[step] - first, how);
        }
    }

    /// <summary>Adds what a shard has counted.</summary>
    public void Absorb(StepCounts shard) => Absorb(shard.Total, shard.Each);

    /// <summary>Adds what a shard of another node has counted.</summary>
    /// <param name="each">As many as there are steps, or none.</param>
    public void Absorb(long total, ReadOnlySpan<long> each)
    {
        Total += total;
        for (int step = 0; _each is not null && step < each.Length; step++)
        {
            _each[step] += each[step];
        }
    }

    private void Add(int step, long samples, CountedAs how)
    {
        Total += how == CountedAs.EveryStep ? samples * steps : samples;
        for (int i = 0; _each is not null && how == CountedAs.EveryStep && i < _each.Length; i++)
        {
            _each[i] += samples;
        }

        if (_each is not null && how == CountedAs.EachStep)
        {
            _each[step] += samples;
        }
    }
}
