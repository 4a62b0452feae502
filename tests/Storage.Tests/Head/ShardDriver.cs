using Pleiad.Model;

namespace Pleiad.Storage.Tests;

/// <summary>A shard with its own series keys and no log: what is prepared is applied at once.</summary>
internal sealed class ShardDriver
{
    private readonly Dictionary<Labels, SeriesKey> _keys = [];

    public ShardDriver(ShardSettings? settings = null) => Shard = new Shard(new ShardId(0), settings ?? new ShardSettings());

    public Shard Shard { get; }

    public static Labels Named(string name, params ReadOnlySpan<(string, string)> labels)
    {
        var builder = new LabelsBuilder();
        builder.Set(LabelName.MetricName, name);
        foreach ((string key, string value) in labels)
        {
            builder.Set(key, value);
        }

        return builder.ToLabels();
    }

    public SeriesKey Key(Labels labels)
    {
        if (!_keys.TryGetValue(labels, out SeriesKey? key))
        {
            _keys.Add(labels, key = new SeriesKey(labels));
        }

        return key;
    }

    public SampleBatch Batch(params ReadOnlySpan<(Labels Labels, long Time, double Value)> rows)
    {
        var batch = new SampleBatch(Shard.Id);
        foreach ((Labels labels, long time, double value) in rows)
        {
            batch.Add(Key(labels), time, value);
        }

        return batch;
    }

    public AppendCounts Append(params ReadOnlySpan<(Labels Labels, long Time, double Value)> rows)
    {
        using SampleBatch batch = Batch(rows);
        return Append(batch);
    }

    public AppendCounts Append(SampleBatch batch)
    {
        PreparedBatch prepared = Shard.Prepare(batch);
        AppendCounts counts = prepared.Counts;
        Shard.Apply(prepared);
        return counts;
    }

    /// <summary>All samples of all series a view sees.</summary>
    public static SortedDictionary<Labels, List<(long Time, double Value)>> Everything(ShardView view) =>
        Read(view, [new Matcher(LabelName.MetricName, MatchKind.Regex, ".*")], TimeRange.All);

    public static SortedDictionary<Labels, List<(long Time, double Value)>> Read(ShardView view, IReadOnlyList<Matcher> matchers, TimeRange range)
    {
        var found = new SortedDictionary<Labels, List<(long, double)>>();
        using SeriesCursor cursor = view.Select(new SelectRequest(matchers, range), CancellationToken.None);
        using var columns = new SampleColumns();
        while (cursor.MoveNext())
        {
            columns.Clear();
            cursor.Read(columns);
            var samples = new List<(long, double)>();
            for (int i = 0; i < columns.Count; i++)
            {
                samples.Add((columns.Times[i], columns.Values[i]));
            }

            found.Add(cursor.Labels, samples);
        }

        return found;
    }
}
