using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Node;

/// <summary>Writes what a data directory has as blocks of Prometheus, one for each eighteen hours: floats, native histograms and stale markers.</summary>
/// <param name="storage">Whose.</param>
/// <param name="files">Where to.</param>
/// <param name="directory">Of the blocks; made where it is missing.</param>
/// <param name="selectors">Series that satisfy any of them; all where there is none.</param>
/// <param name="range">Which samples.</param>
/// <param name="time">For the names of the blocks.</param>
/// <param name="progress">Told how far it is.</param>
internal sealed class PrometheusExport(
    OfflineStorage storage, IFiles files, string directory, IReadOnlyList<IReadOnlyList<Matcher>> selectors, TimeRange range, TimeProvider time, ProgressLines progress)
{
    /// <summary>A range of Prometheus's own compaction (2 h, 6 h, 18 h), in milliseconds, so that it goes on from there.</summary>
    public const long WindowMs = 18 * 3_600_000L;

    private static readonly Matcher[] s_everything = [new(LabelName.MetricName, MatchKind.Regex, ".*")];

    /// <summary>Samples written.</summary>
    public long Samples { get; private set; }

    /// <summary>Blocks written.</summary>
    public int Blocks { get; private set; }

    /// <summary>Chunks that could not be read because they are damaged.</summary>
    public int ChunksDamaged { get; private set; }

    /// <summary>Does it.</summary>
    /// <exception cref="IOException">It cannot be read or written; the blocks written before are complete.</exception>
    public void Write(CancellationToken cancel)
    {
        files.CreateDirectory(directory);
        ShardView[] views = [.. storage.Data.Shards.Select(static shard => shard.View())];
        try
        {
            long[] windows = [.. Windows()];
            for (int i = 0; i < windows.Length; i++)
            {
                var window = TimeRange.Closed(Math.Max(windows[i], range.After == long.MinValue ? range.After : range.After + 1), Math.Min(windows[i] + WindowMs - 1, range.Through));
                WriteBlock(views, window, cancel);
                int done = i + 1;
                progress.Note(() =>
                    $"{((double)done / windows.Length).ToString("P0", CultureInfo.InvariantCulture)}, {Samples.ToString("N0", CultureInfo.InvariantCulture)} samples");
            }

            if (Blocks > 0)
            {
                files.FlushDirectory(directory);
            }

            ChunksDamaged = views.Sum(static view => view.ChunksDamaged);
        }
        finally
        {
            foreach (ShardView view in views)
            {
                view.Dispose();
            }
        }
    }

    // Where windows begin that may have samples.
    private SortedSet<long> Windows()
    {
        var found = new SortedSet<long>();
        foreach (Shard shard in storage.Data.Shards)
        {
            foreach (BlockExtent block in shard.BlockExtents)
            {
                Add(block.MinTime, block.MaxTime);
            }

            if (shard.OldestOfAll() is var oldest and not long.MaxValue)
            {
                Add(oldest, shard.NewestTime);
            }
        }

        return found;

        void Add(long from, long through)
        {
            from = range.After == long.MinValue ? from : Math.Max(from, range.After + 1);
            through = Math.Min(through, range.Through);
            for (long window = from <= through ? RollupGrid.Floor(from, WindowMs) : long.MaxValue; window <= through; window += WindowMs)
            {
                found.Add(window);
            }
        }
    }

    private void WriteBlock(ShardView[] views, TimeRange window, CancellationToken cancel)
    {
        using var block = new PrometheusBlockWriter(files, directory, NewName());
        using var run = new SampleColumns();
        IReadOnlyList<IReadOnlyList<Matcher>> wanted = selectors.Count > 0 ? selectors : [s_everything];
        HashSet<Labels>? seen = wanted.Count > 1 ? [] : null;
        foreach (ShardView view in views)
        {
            foreach (IReadOnlyList<Matcher> selector in wanted)
            {
                using SeriesCursor cursor = view.Select(new SelectRequest(selector, window), cancel);
                while (cursor.MoveNext())
                {
                    cancel.ThrowIfCancellationRequested();
                    if (seen?.Add(cursor.Labels) != false)
                    {
                        run.Clear();
                        cursor.Read(run);
                        block.Add(cursor.Labels, run);
                    }
                }
            }
        }

        block.Finish();
        Samples += block.Samples;
        Blocks += block.SeriesCount > 0 ? 1 : 0;
    }

    // A ULID: 48 bits of time and 80 of chance, in Crockford's base 32.
    private string NewName()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, time.GetUtcNow().ToUnixTimeMilliseconds() << 16);
        RandomNumberGenerator.Fill(bytes[6..]);
        UInt128 number = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return string.Create(26, number, static (text, left) =>
        {
            for (int i = text.Length - 1; i >= 0; i--, left >>= 5)
            {
                text[i] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[(int)(left & 31)];
            }
        });
    }
}
