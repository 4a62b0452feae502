using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Makes buckets of samples.</summary>
internal sealed class RollupFold
{
    private readonly double[] _bucket = new double[RollupColumns.ColumnCount];
    private long _end;
    private bool _hasHistograms;
    private double _sum;
    private double _lost;
    private double _before;

    /// <summary>Appends the buckets of samples. A bucket without a sample is none.</summary>
    /// <param name="samples">In order of time, stale markers included.</param>
    /// <param name="resolutionMs">Length of a bucket.</param>
    /// <param name="ends">Buckets that end outside are left out; of the others all samples have to be there.</param>
    /// <param name="into">Behind what is there.</param>
    public void Append(SampleColumns samples, long resolutionMs, TimeRange ends, RollupColumns into)
    {
        ReadOnlySpan<long> times = samples.Times;
        ReadOnlySpan<double> values = samples.Values;
        ReadOnlySpan<NativeHistogram?> histograms = samples.Histograms;
        bool isOpen = false;
        for (int i = FirstInside(times, ends, resolutionMs); i < times.Length; i++)
        {
            long end = RollupGrid.Ceiling(times[i], resolutionMs);
            if (end > ends.Through)
            {
                break;
            }

            if (!isOpen || end != _end)
            {
                Close(isOpen, into);
                Open(end);
                isOpen = true;
            }

            if (!histograms.IsEmpty && histograms[i] is { } histogram)
            {
                if (histogram.IsStale)
                {
                    this[RollupColumn.StaleAge] = 1 + end - times[i];
                }
                else
                {
                    _hasHistograms = true;
                }
            }
            else if (StaleMarker.Is(values[i]))
            {
                this[RollupColumn.StaleAge] = 1 + end - times[i];
            }
            else
            {
                Add(times[i], values[i]);
            }
        }

        Close(isOpen, into);
    }

    private ref double this[RollupColumn column] => ref _bucket[(int)column];

    private static int FirstInside(ReadOnlySpan<long> times, TimeRange ends, long resolutionMs)
    {
        // The first bucket inside begins where the last one outside ends.
        long after = RollupGrid.Floor(ends.After, resolutionMs);
        int found = times.BinarySearch(after);
        return found >= 0 ? found + 1 : ~found;
    }

    private void Open(long end)
    {
        Array.Clear(_bucket);
        _end = end;
        _hasHistograms = false;
        _sum = 0;
        _lost = 0;
    }

    private void Add(long time, double value)
    {
        this[RollupColumn.StaleAge] = 0;
        this[RollupColumn.LastAge] = _end - time;
        this[RollupColumn.Last] = value;
        if (this[RollupColumn.Count]++ == 0)
        {
            this[RollupColumn.FirstAge] = _end - time;
            this[RollupColumn.First] = value;
            this[RollupColumn.Min] = value;
            this[RollupColumn.Max] = value;
        }
        else
        {
            // Of equal ones the later stays, and NaN gives way to everything, as in min_over_time and max_over_time.
            ref double min = ref this[RollupColumn.Min];
            min = Stays(min, value, min < value) ? min : value;
            ref double max = ref this[RollupColumn.Max];
            max = Stays(max, value, max > value) ? max : value;
            if (value < _before)
            {
                this[RollupColumn.Dropped] += _before;
                this[RollupColumn.Resets]++;
            }

            this[RollupColumn.Changes] += value != _before && !(double.IsNaN(value) && double.IsNaN(_before)) ? 1 : 0;
        }

        _before = value;
        AddToSum(value);
    }

    private static bool Stays(double earlier, double later, bool beats) => double.IsNaN(later) ? !double.IsNaN(earlier) : beats;

    // Neumaier 1974: what rounding loses is carried along, so that the sum of a bucket is right to the last bit or nearly so.
    private void AddToSum(double value)
    {
        double next = _sum + value;
        _lost = double.IsInfinity(next) ? 0 : _lost + (Math.Abs(_sum) >= Math.Abs(value) ? (_sum - next) + value : (value - next) + _sum);
        _sum = next;
    }

    private void Close(bool isOpen, RollupColumns into)
    {
        if (!isOpen)
        {
            return;
        }

        this[RollupColumn.Sum] = double.IsInfinity(_sum) ? _sum : _sum + _lost;
        if (_hasHistograms)
        {
            Array.Clear(_bucket);
            this[RollupColumn.Count] = -1;
        }

        into.Add(_end, _bucket);
    }
}
