using System.Globalization;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Node;

/// <summary>Brings blocks of Prometheus's storage into a data directory, one after the other, the shards of a block side by side.</summary>
/// <param name="path">A block, or a directory of blocks such as Prometheus's data directory.</param>
/// <param name="storage">Where to.</param>
/// <param name="time">For refusing the future.</param>
/// <param name="progress">Told how far it is.</param>
internal sealed class PrometheusImport(string path, OfflineStorage storage, TimeProvider time, ProgressLines progress)
{
    private readonly DiskFiles _files = new();
    private readonly HashSet<Labels> _series = [];
    private readonly Lock _lock = new();

    /// <summary>Does it.</summary>
    /// <exception cref="BackfillException">There is no block, or one cannot be read; those before it are imported.</exception>
    /// <exception cref="IOException">A block could not be written; those before it are, and running it again goes on behind them.</exception>
    public BackfillReport Run(CancellationToken cancel)
    {
        List<PrometheusBlock> blocks = [];
        try
        {
            foreach (string directory in Directories())
            {
                blocks.Add(Open(directory));
            }

            blocks.Sort(static (left, right) => left.MinTime.CompareTo(right.MinTime));
            BackfillReport report = new(default, 0, 0, long.MaxValue, long.MinValue);
            for (int i = 0; i < blocks.Count; i++)
            {
                BackfillReport one = Import(blocks[i], $"block {i + 1} of {blocks.Count}", cancel);
                report = new BackfillReport(
                    report.Written + one.Written, report.Samples + one.Samples, _series.Count, Math.Min(report.Oldest, one.Oldest), Math.Max(report.Newest, one.Newest));
            }

            return report;
        }
        catch (AggregateException e) when (e.InnerExceptions[0] is CorruptDataException or HistoryException)
        {
            throw new BackfillException(e.InnerExceptions[0].Message, e);
        }
        catch (Exception e) when (e is CorruptDataException or HistoryException)
        {
            throw new BackfillException(e.Message, e);
        }
        finally
        {
            foreach (PrometheusBlock block in blocks)
            {
                block.Dispose();
            }
        }
    }

    private IEnumerable<string> Directories()
    {
        if (!Directory.Exists(path))
        {
            throw new BackfillException($"there is no directory {path}");
        }

        if (PrometheusBlock.IsAt(_files, path))
        {
            return [path];
        }

        string[] found = [.. Directory.GetDirectories(path).Where(directory => PrometheusBlock.IsAt(_files, directory)).Order(StringComparer.Ordinal)];
        return found.Length > 0 ? found : throw new BackfillException($"there is no block in {path}: neither it nor a directory in it has a meta.json");
    }

    private PrometheusBlock Open(string directory)
    {
        try
        {
            PrometheusBlock block = PrometheusBlock.Open(_files, directory);
            if (block.MaxTime > (time.GetUtcNow() + BackfillReport.AheadMax).ToUnixTimeMilliseconds())
            {
                block.Dispose();
                throw new BackfillException(
                    $"{directory}: the block reaches up to {BackfillReport.Text(block.MaxTime)}, which is ahead of this machine's clock: until then its series would take no other sample");
            }

            return block;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackfillException(e is CorruptDataException ? e.Message : $"cannot read the block {directory}: {e.Message}", e);
        }
    }

    private BackfillReport Import(PrometheusBlock block, string place, CancellationToken cancel)
    {
        ushort[] shards = ShardsOf(block, cancel);
        var import = new HistoryImport(storage.Data);
        var work = new List<(ShardId Shard, long Window)>();
        foreach (ushort shard in shards.Distinct().Order())
        {
            for (long window = storage.WindowOf(block.MinTime); window < block.MaxTime; window += storage.WindowMs)
            {
                work.Add((new ShardId(shard), window));
            }
        }

        BackfillReport report = new(default, 0, 0, long.MaxValue, long.MinValue);
        int done = 0;
        Parallel.ForEach(
            work.GroupBy(static item => item.Shard),
            new ParallelOptions { CancellationToken = cancel, MaxDegreeOfParallelism = Environment.ProcessorCount },
            ofShard =>
            {
                foreach ((ShardId shard, long window) in ofShard)
                {
                    BackfillReport one = Write(block, import, shards, shard, window, cancel);
                    lock (_lock)
                    {
                        report = new BackfillReport(
                            report.Written + one.Written, report.Samples + one.Samples, 0, Math.Min(report.Oldest, one.Oldest), Math.Max(report.Newest, one.Newest));
                        done++;
                    }

                    progress.Note(() =>
                        $"{place}, {block.Name}: {((double)done / work.Count).ToString("P0", CultureInfo.InvariantCulture)}, {report.Samples.ToString("N0", CultureInfo.InvariantCulture)} samples");
                }
            });
        return report;
    }

    // The shard of each series, in the order of the index.
    private ushort[] ShardsOf(PrometheusBlock block, CancellationToken cancel)
    {
        var shards = new List<ushort>();
        using PrometheusSeriesReader reader = block.Read();
        while (reader.MoveNext())
        {
            cancel.ThrowIfCancellationRequested();
            Labels labels = reader.Labels();
            _series.Add(labels);
            shards.Add((ushort)storage.Map.Of(labels).Value);
        }

        return [.. shards];
    }

    private BackfillReport Write(PrometheusBlock block, HistoryImport import, ushort[] shards, ShardId shard, long window, CancellationToken cancel)
    {
        var range = TimeRange.Closed(window, window + storage.WindowMs - 1);
        long samples = 0;
        long oldest = long.MaxValue;
        long newest = long.MinValue;
        HistoryWritten written = import.Write(shard, range, to =>
        {
            using PrometheusSeriesReader reader = block.Read();
            using var run = new SampleColumns();
            for (int number = 0; reader.MoveNext(); number++)
            {
                cancel.ThrowIfCancellationRequested();
                if (shards[number] != shard.Value)
                {
                    continue;
                }

                run.Clear();
                reader.ReadSamples(range, run);
                if (run.Count > 0)
                {
                    to.Add(reader.Labels(), run);
                    samples += run.Count;
                    oldest = Math.Min(oldest, run.Times[0]);
                    newest = Math.Max(newest, run.Times[^1]);
                }
            }
        });
        return new BackfillReport(written, samples, 0, oldest, newest);
    }
}
