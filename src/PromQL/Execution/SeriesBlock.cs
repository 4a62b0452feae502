using System.Buffers;
using System.Numerics;
using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>What becomes of the metric name (and <c>__type__</c>, <c>__unit__</c>) of a series.</summary>
internal enum NameFate
{
    /// <summary>Kept.</summary>
    Kept,

    /// <summary>Dropped when the query ends: still seen by label functions and groupings (delayed name removal).</summary>
    DroppedAtEnd,

    /// <summary>Dropped already, though the labels below still hold it: nobody pays for new labels until somebody asks for them.</summary>
    Dropped,
}

/// <summary>
/// One series over all steps, as columns: labels, a value and a presence bit a step, histograms where there are any.
/// Belongs to the operator that fills it and holds until that operator moves on; who needs it longer copies it.
/// </summary>
internal sealed class SeriesBlock : IDisposable
{
    private double[] _values;
    private ulong[] _present;
    private NativeHistogram?[]? _histograms;
    private double[][] _further = [];
    private Labels? _labels = Labels.Empty;
    private SeriesCursor? _cursor;

    public SeriesBlock(int steps)
    {
        Steps = steps;
        _values = ArrayPool<double>.Shared.Rent(steps);
        _present = ArrayPool<ulong>.Shared.Rent((steps + 63) / 64);
        Present.Clear();
    }

    /// <summary>Steps.</summary>
    public int Steps { get; }

    /// <summary>The labels, to be read together with <see cref="Name"/>.</summary>
    public Labels Labels
    {
        get => _labels ??= _cursor!.Labels;
        set => _labels = value;
    }

    /// <summary>What becomes of the metric name.</summary>
    public NameFate Name { get; set; }

    /// <summary>A value a step; meaningless where the step has none or has a histogram.</summary>
    public Span<double> Values => _values.AsSpan(0, Steps);

    /// <summary>Which steps have a sample.</summary>
    public Span<ulong> Present => _present.AsSpan(0, (Steps + 63) / 64);

    /// <summary>Whether some step may hold a histogram.</summary>
    public bool HasHistograms { get; private set; }

    /// <summary>A histogram a step, null for floats; empty where there are none. Meaningless where the step has no sample.</summary>
    public Span<NativeHistogram?> Histograms => HasHistograms ? _histograms.AsSpan(0, Steps) : [];

    /// <summary>Columns beside the values that the state of a partial aggregate takes; 0 for a sample of a series.</summary>
    public int FurtherColumns { get; private set; }

    /// <summary>What limits count its samples as: one each, a native histogram more.</summary>
    public long Weight
    {
        get
        {
            long weight = StepBits.Count(Present);
            if (HasHistograms)
            {
                foreach (int step in StepBits.Each(Present))
                {
                    weight += _histograms![step] is { } histogram ? histogram.SampleWeight - 1 : 0;
                }
            }

            return weight;
        }
    }

    /// <summary>Whether no step has a sample.</summary>
    public bool IsEmpty => StepBits.None(Present);

    /// <summary>Whether each step has a float.</summary>
    public bool IsDense => !HasHistograms && StepBits.All(Present, Steps);

    /// <summary>The labels as a consumer sees them now.</summary>
    public Labels SeenLabels => Name == NameFate.Dropped ? MetadataLabels.Without(Labels) : Labels;

    /// <summary>The metric name as annotations show it; empty where it is gone.</summary>
    public string MetricName => Name == NameFate.Dropped ? string.Empty : Labels.MetricName;

    /// <summary>A column beside the values, from 0; as long as they are.</summary>
    public Span<double> Further(int column) => _further[column].AsSpan(0, Steps);

    public bool Has(int step) => StepBits.Has(Present, step);

    /// <summary>The histogram at a step that has a sample, or null for a float.</summary>
    public NativeHistogram? HistogramAt(int step) => HasHistograms ? _histograms![step] : null;

    public void Set(int step, double value)
    {
        _values[step] = value;
        if (HasHistograms)
        {
            _histograms![step] = null;
        }

        StepBits.Set(Present, step);
    }

    public void Set(int step, NativeHistogram histogram)
    {
        WantHistograms();
        _histograms![step] = histogram;
        _values[step] = 0;
        StepBits.Set(Present, step);
    }

    /// <summary>All steps become absent.</summary>
    public void Clear()
    {
        Present.Clear();
        DropHistograms();
        FurtherColumns = 0;
    }

    /// <summary>All steps become present floats; the values are the caller's to write.</summary>
    public void FillPresent()
    {
        DropHistograms();
        StepBits.Fill(Present, Steps);
    }

    /// <summary>From here on all samples are floats.</summary>
    public void DropHistograms()
    {
        if (HasHistograms)
        {
            Array.Clear(_histograms!, 0, Steps);
            HasHistograms = false;
        }
    }

    /// <summary>The labels are those of the series a cursor stands on, made when somebody asks: a count of series never does.</summary>
    public void TakeLabelsOf(SeriesCursor cursor)
    {
        _cursor = cursor;
        _labels = null;
    }

    /// <summary>Takes labels, samples and presence of another block of as many steps.</summary>
    public void CopyFrom(SeriesBlock other)
    {
        Labels = other.Labels;
        Name = other.Name;
        other.Values.CopyTo(Values);
        other.Present.CopyTo(Present);
        DropHistograms();
        if (other.HasHistograms)
        {
            WantHistograms();
            other.Histograms.CopyTo(Histograms);
        }

        WantFurther(other.FurtherColumns);
        for (int column = 0; column < FurtherColumns; column++)
        {
            other.Further(column).CopyTo(Further(column));
        }
    }

    /// <summary>A block of its own with the same content.</summary>
    public SeriesBlock Copy()
    {
        var copy = new SeriesBlock(Steps);
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>Adds the samples of another block at steps where this one has none.</summary>
    public void Merge(SeriesBlock other)
    {
        foreach (int step in StepBits.Each(other.Present))
        {
            if (other.HistogramAt(step) is { } histogram)
            {
                Set(step, histogram);
            }
            else
            {
                Set(step, other._values[step]);
            }
        }
    }

    /// <summary>Writes 0 where there is no sample, so that columns can be added blindly.</summary>
    public void ZeroAbsent()
    {
        ReadOnlySpan<ulong> present = Present;
        for (int word = 0; word < present.Length; word++)
        {
            ulong absent = ~present[word] & (word == present.Length - 1 ? StepBits.TailMask(Steps) : ulong.MaxValue);
            while (absent != 0)
            {
                _values[(word << 6) + BitOperations.TrailingZeroCount(absent)] = 0;
                absent &= absent - 1;
            }
        }
    }

    /// <summary>Keeps only the steps with floats.</summary>
    public void KeepFloats()
    {
        if (!HasHistograms)
        {
            return;
        }

        for (int step = 0; step < Steps; step++)
        {
            if (_histograms![step] is not null)
            {
                StepBits.Unset(Present, step);
            }
        }

        DropHistograms();
    }

    /// <summary>Keeps only the steps with histograms.</summary>
    public void KeepHistograms()
    {
        ReadOnlySpan<NativeHistogram?> histograms = Histograms;
        for (int step = 0; step < Steps; step++)
        {
            if (histograms.IsEmpty || histograms[step] is null)
            {
                StepBits.Unset(Present, step);
            }
        }
    }

    /// <summary>Room for columns beside the values; their content is the caller's to write.</summary>
    public void WantFurther(int columns)
    {
        while (_further.Length < columns)
        {
            _further = [.. _further, new double[Steps]];
        }

        FurtherColumns = columns;
    }

    /// <summary>Room for histograms, all null so far; those of steps without a sample need not be.</summary>
    public void WantHistograms()
    {
        if (!HasHistograms)
        {
            _histograms ??= new NativeHistogram?[Steps];
            HasHistograms = true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_values.Length == 0)
        {
            return;
        }

        ArrayPool<double>.Shared.Return(_values);
        ArrayPool<ulong>.Shared.Return(_present);
        _values = [];
        _present = [];
        _histograms = null;
        HasHistograms = false;
    }
}
