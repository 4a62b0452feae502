using System.Runtime.InteropServices;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Node;

/// <summary>Samples of an import in memory, in the order in which they came, until they are written.</summary>
internal sealed class HeldSamples(OfflineStorage storage, SeriesNumbers series)
{
    private readonly List<int> _series = [];
    private readonly List<long> _times = [];
    private readonly List<double> _values = [];

    /// <summary>How many.</summary>
    public int Count => _series.Count;

    /// <summary>One more.</summary>
    public void Add(int number, long timeMs, double value)
    {
        _series.Add(number);
        _times.Add(timeMs);
        _values.Add(value);
    }

    /// <summary>Writes all of them, a block for each window and shard, and forgets them.</summary>
    /// <exception cref="IOException">A block could not be written; those before it are.</exception>
    public HistoryWritten Write(HistoryImport into, CancellationToken cancel)
    {
        (int[] rankOf, int[] atRank) = series.Ranks();
        var windows = new SortedDictionary<long, List<int>>();
        for (int i = 0; i < _times.Count; i++)
        {
            long window = storage.WindowOf(_times[i]);
            if (!windows.TryGetValue(window, out List<int>? there))
            {
                windows.Add(window, there = []);
            }

            there.Add(i);
        }

        HistoryWritten written = default;
        foreach ((long window, List<int> places) in windows)
        {
            cancel.ThrowIfCancellationRequested();
            ulong[] order = new ulong[places.Count];
            for (int i = 0; i < order.Length; i++)
            {
                order[i] = ((ulong)(uint)rankOf[_series[places[i]]] << 32) | (uint)places[i];
            }

            Array.Sort(order);
            var range = TimeRange.Closed(window, window + storage.WindowMs - 1);
            for (int first = 0; first < order.Length;)
            {
                ShardId shard = series.ShardOf(atRank[(int)(order[first] >> 32)]);
                int from = first;
                int end = first;
                written += into.Write(shard, range, to => end = Feed(order, from, shard, atRank, to));
                first = end;
            }
        }

        _series.Clear();
        _times.Clear();
        _values.Clear();
        return written;
    }

    // Pushes the series of one shard; returns behind the last of them.
    private int Feed(ReadOnlySpan<ulong> order, int first, ShardId shard, int[] atRank, HistoryWriter to)
    {
        using var run = new SampleColumns();
        ReadOnlySpan<long> times = CollectionsMarshal.AsSpan(_times);
        ReadOnlySpan<double> values = CollectionsMarshal.AsSpan(_values);
        while (first < order.Length)
        {
            int rank = (int)(order[first] >> 32);
            int number = atRank[rank];
            if (series.ShardOf(number) != shard)
            {
                break;
            }

            run.Clear();
            for (; first < order.Length && (int)(order[first] >> 32) == rank; first++)
            {
                int place = (int)(uint)order[first];
                run.Add(times[place], values[place]);
            }

            to.Add(series.LabelsOf(number), run);
        }

        return first;
    }
}
