using Pleiad.Model;
using Pleiad.Storage;
using Pleiad.TestKit;

namespace Pleiad.Node.Tests;

public sealed class PrometheusExportTests
{
    private const long Hour = 3_600_000L;

    [Fact]
    public void A_late_sample_in_the_head_is_exported_though_it_is_older_than_all_that_came_in_order()
    {
        using var place = new TempDirectory();
        NodeSettings defaults = SettingsFile.Load(null, static _ => null);
        NodeSettings settings = defaults with { Storage = defaults.Storage with { Path = Path.Combine(place.Path, "data"), Shards = 1 } };
        var progress = new ProgressLines(TextWriter.Null, TimeProvider.System);
        using OfflineStorage storage = OfflineStorage.Open(settings, isMade: true, progress, CancellationToken.None);
        Shard shard = storage.Data.Shards[0];
        shard.OutOfOrderWindowMs = 24 * Hour;

        // Two windows of the export apart.
        var name = new LabelsBuilder();
        name.Set(LabelName.MetricName, "wave");
        var key = new SeriesKey(name.ToLabels());
        Append(100 * Hour);
        Append(80 * Hour);
        var export = new PrometheusExport(storage, new DiskFiles(), Path.Combine(place.Path, "blocks"), [], TimeRange.All, TimeProvider.System, progress);
        export.Write(CancellationToken.None);
        Assert.Equal((2L, 2), (export.Samples, export.Blocks));

        void Append(long time)
        {
            using var batch = new SampleBatch(shard.Id);
            batch.Add(key, time, 1);
            shard.Apply(shard.Prepare(batch));
        }
    }
}
