using System.Collections.Concurrent;
using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

/// <summary>Readers on other threads while the writer appends, seals, drops and reuses.</summary>
public sealed class ViewStressTests
{
    private const int SeriesPerBatch = 40;
    private const int Readers = 3;
    private const int ViewEvery = 7;

    // Each batch gives the same counter to every series; a view must show the same newest counter and the same count for all.
    [Fact]
    public void No_view_ever_sees_half_a_batch()
    {
        var driver = new ShardDriver();
        Labels[] series = [.. Enumerable.Range(0, SeriesPerBatch).Select(i => Named("m", ("instance", "a"), ("i", "n" + i)))];
        using var views = new BlockingCollection<ShardView>(Readers);
        var failures = new List<string>();
        Thread[] readers = Start(views, failures, view => CheckWhole(view, SeriesPerBatch));
        for (int counter = 1; counter <= 3000; counter++)
        {
            var rows = new (Labels, long, double)[SeriesPerBatch];
            for (int i = 0; i < rows.Length; i++)
            {
                rows[i] = (series[i], counter, counter);
            }

            driver.Append(rows);
            if (counter % ViewEvery == 0)
            {
                views.Add(driver.Shard.View());
            }
        }

        views.CompleteAdding();
        Array.ForEach(readers, static reader => reader.Join());
        Assert.Empty(failures);
    }

    // Generations of series come and go, slots and label pairs are used again, and every view must still be whole.
    [Fact]
    public void Views_stay_whole_while_retention_drops_series_and_slots_are_reused()
    {
        var driver = new ShardDriver();
        using var views = new BlockingCollection<ShardView>(Readers);
        var failures = new List<string>();
        Thread[] readers = Start(views, failures, view => CheckWhole(view, null));
        for (int counter = 1; counter <= 2000; counter++)
        {
            int generation = counter / 50;
            var rows = new (Labels, long, double)[SeriesPerBatch];
            for (int i = 0; i < rows.Length; i++)
            {
                rows[i] = (Named("g" + generation, ("instance", "a"), ("i", $"n{generation}-{i}")), counter, counter);
            }

            driver.Append(rows);
            if (counter % 20 == 0)
            {
                driver.Shard.DropBefore(counter - 60);
            }

            if (counter % ViewEvery == 0)
            {
                views.Add(driver.Shard.View());
            }
        }

        views.CompleteAdding();
        Array.ForEach(readers, static reader => reader.Join());
        Assert.Empty(failures);
        driver.Shard.DropBefore(1999);
        driver.Append((Named("last"), 5000, 1));
        Assert.True(driver.Shard.RemovedSeries > 1000);
        Assert.InRange(driver.Shard.SeriesCount, 1, 3 * SeriesPerBatch);
    }

    // More of a generation than a page has, so that pages are let go of with it and made again for the next; views are taken by the writer and, laid out, by readers.
    [Fact]
    public void Views_stay_whole_while_whole_pages_of_series_and_pairs_are_let_go()
    {
        const int ofGeneration = (5 * SeriesTable.SlotsInPage) / 2;
        const int counters = 120;
        var driver = new ShardDriver();
        using var views = new BlockingCollection<ShardView>(Readers);
        var failures = new List<string>();
        Thread[] readers = Start(views, failures, static view => CheckWhole(view, null) ?? CheckValues(view));
        bool ended = false;
        var taker = new Thread(() =>
        {
            string? wrong = null;
            while (wrong is null && !Volatile.Read(ref ended))
            {
                try
                {
                    using ShardView? view = driver.Shard.TryView();
                    wrong = view is null ? null : CheckWhole(view, null) ?? CheckValues(view);

                    // Asks without a view.
                    int held = driver.Shard.SeriesOfMetric("g1");
                    wrong ??= held is < 0 or > ofGeneration ? $"g1 has {held} series" : null;
                }
                catch (Exception e)
                {
                    wrong = e.ToString();
                }
            }

            if (wrong is not null)
            {
                lock (failures)
                {
                    failures.Add(wrong);
                }
            }
        });
        taker.Start();
        try
        {
            for (int counter = 1; counter <= counters; counter++)
            {
                int generation = counter / 4;
                var rows = new (Labels, long, double)[ofGeneration];
                for (int i = 0; i < rows.Length; i++)
                {
                    rows[i] = (Named("g" + generation, ("instance", "a"), ("i", $"n{generation}-{i}")), counter, counter);
                }

                driver.Append(rows);
                driver.Shard.DropBefore(counter - 3);
                driver.Shard.PublishView().Dispose();
                views.Add(driver.Shard.View());
            }
        }
        finally
        {
            Volatile.Write(ref ended, true);
            views.CompleteAdding();
        }

        Array.ForEach(readers, static reader => reader.Join());
        taker.Join();
        Assert.Empty(failures);
        driver.Shard.DropBefore(counters);
        driver.Append((Named("last"), counters + 1, 1));
        Assert.InRange(driver.Shard.SeriesCount, 1, ofGeneration + 1);
        Assert.True(driver.Shard.RemovedSeries > 10 * ofGeneration);
    }

    private static Thread[] Start(BlockingCollection<ShardView> views, List<string> failures, Func<ShardView, string?> check)
    {
        var threads = new Thread[Readers];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(() =>
            {
                foreach (ShardView view in views.GetConsumingEnumerable())
                {
                    string? wrong;
                    try
                    {
                        // Twice: the second reading must be the first.
                        wrong = check(view) ?? check(view);
                    }
                    catch (Exception e)
                    {
                        wrong = e.ToString();
                    }

                    view.Dispose();
                    if (wrong is not null)
                    {
                        lock (failures)
                        {
                            failures.Add(wrong);
                        }
                    }
                }
            });
            threads[i].Start();
        }

        return threads;
    }

    // By the pairs of a name, not by series.
    private static string? CheckValues(ShardView view)
    {
        var values = new TextUnion();
        view.AddLabelValues("i", [], TimeRange.All, values, CancellationToken.None);
        int series = view.CountSeries([new Matcher("instance", MatchKind.Equal, "a")], TimeRange.All, CancellationToken.None);
        return values.Count != series ? $"{series} series at seq {view.Seq} have {values.Count} values of i" : null;
    }

    private static string? CheckWhole(ShardView view, int? seriesExpected)
    {
        using SeriesCursor cursor = view.Select(
            new SelectRequest([new Matcher("instance", MatchKind.Equal, "a")], TimeRange.All), CancellationToken.None);
        using var columns = new SampleColumns();
        var newestByMetric = new Dictionary<string, (double Newest, int Count, double Oldest)>();
        int seen = 0;
        while (cursor.MoveNext())
        {
            seen++;
            columns.Clear();
            cursor.Read(columns);
            string metric = cursor.Labels.MetricName;
            if (columns.Count == 0)
            {
                // All its samples lie before retention: "may have" was all that was promised.
                continue;
            }

            for (int i = 0; i < columns.Count; i++)
            {
                if (columns.Times[i] != columns.Values[i])
                {
                    return $"{cursor.Labels}: {columns.Values[i]} at {columns.Times[i]}";
                }
            }

            var state = (columns.Values[columns.Count - 1], columns.Count, columns.Values[0]);
            if (!newestByMetric.TryAdd(metric, state) && newestByMetric[metric] != state)
            {
                return $"{cursor.Labels} at seq {view.Seq}: {state}, another series {newestByMetric[metric]}";
            }
        }

        if (seriesExpected is { } expected && seen != expected)
        {
            return $"{seen} series instead of {expected}";
        }

        return newestByMetric.Count > 0 && newestByMetric.Values.Max(state => state.Newest) != view.Seq
            ? $"the newest sample is {newestByMetric.Values.Max(state => state.Newest)}, the view {view.Seq}"
            : null;
    }
}
