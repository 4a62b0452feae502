using System.Buffers;
using System.Globalization;
using System.Text;
using Pleiad.Exposition;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Node;

/// <summary>Writes what a data directory has as OpenMetrics, metric by metric: no more than one series is held in memory.</summary>
/// <param name="storage">Whose.</param>
/// <param name="selectors">Series that satisfy any of them; all where there is none.</param>
/// <param name="range">Which samples.</param>
/// <param name="progress">Told how far it is.</param>
internal sealed class OpenMetricsExport(
    OfflineStorage storage, IReadOnlyList<IReadOnlyList<Matcher>> selectors, TimeRange range, ProgressLines progress)
{
    private const int FlushBytes = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _bytes = new(2 * FlushBytes);
    private readonly List<Label> _labels = [];
    private HashSet<Labels>? _seen;

    /// <summary>Samples written.</summary>
    public long Samples { get; private set; }

    /// <summary>What the format has no words for and was left out.</summary>
    public ExportLosses LeftOut { get; private set; }

    /// <summary>Chunks that could not be read because they are damaged.</summary>
    public int ChunksDamaged { get; private set; }

    /// <summary>Does it.</summary>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public void Write(TextWriter output, CancellationToken cancel)
    {
        ShardView[] views = [.. storage.Data.Shards.Select(static shard => shard.View())];
        try
        {
            IReadOnlyList<IReadOnlyList<Matcher>> wanted = selectors.Count > 0 ? selectors : [[]];
            _seen = wanted.Count > 1 ? [] : null;
            var names = new TextUnion();
            foreach (ShardView view in views)
            {
                foreach (IReadOnlyList<Matcher> selector in wanted)
                {
                    view.AddLabelValues(LabelName.MetricName, selector, range, names, cancel);
                }
            }

            string[] sorted = names.Sorted();
            var page = new PageWriter(_bytes, PageFormat.OpenMetrics);
            for (int i = 0; i < sorted.Length; i++)
            {
                WriteMetric(sorted[i], views, wanted, page, output, cancel);
                int done = i + 1;
                progress.Note(() =>
                    $"{((double)done / sorted.Length).ToString("P0", CultureInfo.InvariantCulture)}, {Samples.ToString("N0", CultureInfo.InvariantCulture)} samples");
            }

            page.End();
            Flush(output);
            output.Flush();
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

    private void WriteMetric(
        string name, ShardView[] views, IReadOnlyList<IReadOnlyList<Matcher>> wanted, PageWriter page, TextWriter output, CancellationToken cancel)
    {
        using var run = new SampleColumns();
        _seen?.Clear();
        foreach (ShardView view in views)
        {
            foreach (IReadOnlyList<Matcher> selector in wanted)
            {
                var request = new SelectRequest([new Matcher(LabelName.MetricName, MatchKind.Equal, name), .. selector], range);
                using SeriesCursor cursor = view.Select(request, cancel);
                while (cursor.MoveNext())
                {
                    if (_seen?.Add(cursor.Labels) != false)
                    {
                        run.Clear();
                        cursor.Read(run);
                        WriteSeries(name, cursor.Labels, run, page, output);
                    }
                }
            }
        }
    }

    private void WriteSeries(string name, Labels labels, SampleColumns run, PageWriter page, TextWriter output)
    {
        _labels.Clear();
        _labels.AddRange(labels.Where(static label => label.Name != LabelName.MetricName));
        long histograms = 0;
        long markers = 0;
        for (int i = 0; i < run.Count; i++)
        {
            bool isHistogram = run.HasHistograms && run.Histograms[i] is not null;
            if (isHistogram || StaleMarker.Is(run.Values[i]))
            {
                histograms += isHistogram ? 1 : 0;
                markers += isHistogram ? 0 : 1;
                continue;
            }

            page.Sample(name, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_labels), run.Values[i], new Timestamp(run.Times[i]));
            Samples++;
            if (_bytes.WrittenCount >= FlushBytes)
            {
                Flush(output);
            }
        }

        LeftOut = LeftOut.Plus(histograms, markers);
    }

    // Whole lines only, so no character is cut.
    private void Flush(TextWriter output)
    {
        output.Write(Encoding.UTF8.GetString(_bytes.WrittenSpan));
        _bytes.ResetWrittenCount();
    }
}
