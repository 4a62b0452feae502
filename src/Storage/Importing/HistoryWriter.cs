using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Takes the series of one block of history, and leaves out what blocks of before have.</summary>
public sealed class HistoryWriter
{
    private readonly BlockBuilder _into;
    private readonly TimeRange _range;
    private readonly List<BlockWalk> _before;
    private readonly PartsOfSeries _parts = new();
    private readonly SampleColumns _known = new();
    private readonly SampleColumns _ordered = new();
    private readonly SampleColumns _new = new();
    private readonly ByteWriter _histogram = new();
    private Labels? _last;

    internal HistoryWriter(ShardView view, TimeRange range, BlockBuilder into)
    {
        _into = into;
        _range = range;
        _before = [.. view.Pin.Blocks.Overlapping(range).Select(block => new BlockWalk(block, view.Pin.Parts.Tombstones))];
    }

    /// <summary>What became of the samples so far.</summary>
    public HistoryWritten Written { get; private set; }

    /// <summary>Adds samples of a series.</summary>
    /// <param name="labels">Behind those of the series before in their order.</param>
    /// <param name="run">In any order; of those with one time the first counts. May be empty.</param>
    /// <exception cref="HistoryException">The series is out of order, or it or a histogram is beyond what can be stored.</exception>
    public void Add(Labels labels, SampleColumns run)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(run);
        if (_last is not null && _last.CompareTo(labels) >= 0)
        {
            throw new HistoryException($"the series are not in the order of their labels: {labels} comes after {_last}");
        }

        _last = labels;
        if (run.Count == 0)
        {
            return;
        }

        CheckStorable(labels, run);
        SampleColumns ordered = run;
        if (!SampleOrder.IsOrdered(run))
        {
            ordered = _ordered;
            ordered.Clear();
            SampleOrder.AppendSorted(run, ordered);
        }

        ReadKnown(labels);
        SampleColumns left = ordered;
        int conflicting = 0;
        if (_known.Count > 0)
        {
            left = _new;
            conflicting = Subtract(ordered);
        }

        if (left.Count > 0)
        {
            _into.Add(labels, left);
        }

        Written += new HistoryWritten(left.Count, run.Count - left.Count - conflicting, conflicting, 0, 0);
    }

    private void ReadKnown(Labels labels)
    {
        _known.Clear();
        _parts.Clear();
        foreach (BlockWalk walk in _before)
        {
            while (walk.Labels is { } at && at.CompareTo(labels) < 0)
            {
                walk.MoveNext();
            }

            if (walk.Labels?.Equals(labels) == true)
            {
                _parts.Add(walk.Reader);
            }
        }

        if (_parts.Count > 0)
        {
            _parts.Read(_range, _known, newestOnly: false);
        }
    }

    // How many have another value than what is there at their time.
    private int Subtract(SampleColumns ordered)
    {
        _new.Clear();
        int conflicting = 0;
        int known = 0;
        for (int i = 0; i < ordered.Count; i++)
        {
            long time = ordered.Times[i];
            while (known < _known.Count && _known.Times[known] < time)
            {
                known++;
            }

            if (known == _known.Count || _known.Times[known] != time)
            {
                SampleOrder.AppendOne(ordered, i, _new);
            }
            else if (!AreSame(ordered, i, _known, known))
            {
                conflicting++;
            }
        }

        return conflicting;
    }

    private static bool AreSame(SampleColumns left, int at, SampleColumns right, int there)
    {
        NativeHistogram? one = left.HasHistograms ? left.Histograms[at] : null;
        NativeHistogram? other = right.HasHistograms ? right.Histograms[there] : null;
        return one is null && other is null
            ? BitConverter.DoubleToUInt64Bits(left.Values[at]) == BitConverter.DoubleToUInt64Bits(right.Values[there])
            : one is not null && other is not null && BitsOf(one).AsSpan().SequenceEqual(BitsOf(other));
    }

    private static byte[] BitsOf(NativeHistogram histogram)
    {
        var bytes = new ByteWriter();
        HistogramCodec.Write(bytes, histogram);
        return bytes.Written.ToArray();
    }

    private void CheckStorable(Labels labels, SampleColumns run)
    {
        if (labels.Count == 0 || !Shard.IsStorable(labels))
        {
            throw new HistoryException($"the series {labels} has no label, more than {BatchRecord.LabelsMax}, or one that is too long or no UTF-8");
        }

        if (!run.HasHistograms)
        {
            return;
        }

        foreach (NativeHistogram? histogram in run.Histograms)
        {
            if (histogram is null)
            {
                continue;
            }

            // A stale marker has nothing else that could be at fault.
            string? fault = HistogramCodec.IsStorable(histogram) ? histogram.Fault() : "more buckets than can be stored";
            if (fault is null)
            {
                _histogram.Clear(BatchRecord.HistogramBytesMax);
                HistogramCodec.Write(_histogram, histogram);
                fault = _histogram.Written.Length > BatchRecord.HistogramBytesMax ? $"more than {BatchRecord.HistogramBytesMax} bytes" : null;
            }

            if (fault is not null)
            {
                throw new HistoryException($"the series {labels} has a histogram that cannot be stored: {fault}");
            }
        }
    }
}
