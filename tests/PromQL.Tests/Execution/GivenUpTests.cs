using System.Globalization;
using Pleiad.Model;
using Xunit.Abstractions;

namespace Pleiad.PromQL.Tests;

/// <summary>A query that nobody wants any more ends soon, whatever it is at.</summary>
/// <remarks>
/// How soon, in processor time of its thread, is a longer run: <c>PLEIAD_GIVEN_UP_SCALE=5 dotnet test tests/PromQL.Tests --filter GivenUpTests</c>.
/// </remarks>
public sealed class GivenUpTests(ITestOutputHelper output)
{
    private const int Wide = 2_000;
    private const int Long = 2_000;

    /// <summary>Processor time that a query may still use; collections of garbage of the whole process fall to whichever thread allocates.</summary>
    private static readonly TimeSpan RestMax = TimeSpan.FromMilliseconds(100);

    private static readonly int? Scale = int.TryParse(
        Environment.GetEnvironmentVariable("PLEIAD_GIVEN_UP_SCALE"), CultureInfo.InvariantCulture, out int scale) ? 10 * scale : null;

    private static readonly Lazy<MemorySource> Data = new(() => Make(Scale ?? 1));

    public static TheoryData<string> Heavy =>
    [
        "sort(wide)",
        "sort_by_label(wide, \"n\")",
        "range: wide",
        "range: limitk(1000000, wide)",
        "topk(1000000, wide)",
        "range: topk(1000000, wide)",
        "count_values(\"v\", wide)",
        "quantile(0.5, wide)",
        "wide * on () group_left () long or wide",
        "wide / on (n) wide",
        "wide and on (rest) wide offset 1s",
        "label_replace(wide, \"to\", \"$1-$2\", \"n\", \"(.*)([0-9])\")",
        "label_join(wide, \"to\", \"-\", \"n\", \"rest\", \"n\")",
        "histogram_quantile(0.5, label_replace(wide, \"le\", \"$1\", \"n\", \"(.*)\"))",
        "range: rate(long[1d])",
        "range: quantile_over_time(0.5, long[1d])",
        "range: stddev_over_time(long[1d])",
        "range: changes(long[1d])",
        "range: resets(long[1d])",
        "range: predict_linear(long[1d], 60)",
        "range: max_over_time(quantile_over_time(0.5, long[1h])[2h:1s])",
        "range: sum_over_time(exp(sin(long))[1h:1s])",
        "quantile_over_time(0.5, (vector(time()) + on () count(long))[2000000s:1s])",
        "max_over_time((exp(sin(vector(time()))) ^ 1.5 + time() ^ 0.5 + on () count(long))[2000000s:1s])",
    ];

    /// <summary>What is done when the last series has been read: sorting, turning round, windows of a long series.</summary>
    public static TheoryData<string> AfterTheLastSeries =>
    [
        "sort(wide)",
        "sort_by_label(wide, \"n\")",
        "range: wide",
        "range: limitk(1000000, wide)",
        "topk(1000000, wide)",
        "range: topk(1000000, wide)",
        "{__name__=~\"wide|long\"}[1d]",
        "histogram_quantile(0.5, label_replace(wide, \"le\", \"$1\", \"n\", \"(.*)\"))",
        "quantile(0.5, wide)",
        "range: rate(long[1d])",
        "range: quantile_over_time(0.5, long[1d])",
        "range: stddev_over_time(long[1d])",
        "range: max_over_time(quantile_over_time(0.5, long[1h])[20m:1s])",
        "exp(long)",
        "long ^ 2",
        "stddev_over_time(long[1d])",
    ];

    [Theory]
    [MemberData(nameof(AfterTheLastSeries))]
    public async Task A_query_given_up_when_all_is_read_has_no_answer(string query)
    {
        using var given = new CancellationTokenSource();
        MemorySource data = Make(1);
        await Ask(query, data, CancellationToken.None);
        data.OnRead(data.Reads, given.Cancel);
        QueryException error = await Assert.ThrowsAsync<QueryException>(() => Ask(query, data, given.Token));
        Assert.Equal(QueryErrorKind.Canceled, error.Kind);
    }

    [Theory]
    [MemberData(nameof(Heavy))]
    public async Task A_query_given_up_at_the_first_series_has_no_answer(string query)
    {
        using var given = new CancellationTokenSource();
        MemorySource data = Make(1);
        data.OnRead(1, given.Cancel);
        QueryException error = await Assert.ThrowsAsync<QueryException>(() => Ask(query, data, given.Token));
        Assert.Equal(QueryErrorKind.Canceled, error.Kind);
    }

    [SkippableTheory]
    [MemberData(nameof(Heavy))]
    public async Task A_query_uses_little_after_it_was_given_up(string query)
    {
        Skip.If(Scale is null, "for the longer run");
        Skip.IfNot(OperatingSystem.IsLinux(), "the processor time of a thread is read from /proc");
        await RunAsync(query, null);
        TimeSpan whole = (await RunAsync(query, null)).Whole;
        TimeSpan most = TimeSpan.Zero;
        int cut = 0;
        for (int tenths = 1; tenths < 10; tenths += 2)
        {
            (_, TimeSpan? rest) = await RunAsync(query, whole * (tenths / 10.0));
            if (rest is { } used)
            {
                cut++;
                most = used > most ? used : most;
            }
        }

        output.WriteLine($"{query}: {most.TotalMilliseconds:F1} ms of {whole.TotalMilliseconds:F0} ms, {cut} times given up");
        Assert.True(most <= RestMax, $"{query}: {most.TotalMilliseconds:F1} ms of {whole.TotalMilliseconds:F0} ms after it was given up");
    }

    /// <summary>What a query used, and after it was given up; null where it was over before.</summary>
    private static async Task<(TimeSpan Whole, TimeSpan? After)> RunAsync(string query, TimeSpan? giveUpAfter)
    {
        using var given = new CancellationTokenSource();
        using var release = new ManualResetEventSlim();
        var begun = new TaskCompletionSource<(ThreadProcessorTime Time, TimeSpan Before)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var over = new TaskCompletionSource<(TimeSpan After, bool Ended)>(TaskCreationOptions.RunContinuationsAsynchronously);
        MemorySource data = Data.Value;
        var thread = new Thread(() =>
        {
            var time = new ThreadProcessorTime();
            begun.SetResult((time, time.Used));
            bool ended = false;
            try
            {
                Ask(query, data, given.Token).GetAwaiter().GetResult();
            }
            catch (QueryException e) when (e.Kind == QueryErrorKind.Canceled)
            {
                ended = true;
            }
            catch (Exception e)
            {
                over.SetException(e);
                return;
            }

            over.SetResult((time.Used, ended));
            release.Wait();
        });
        thread.Start();
        (ThreadProcessorTime clock, TimeSpan before) = await begun.Task;
        TimeSpan atCancel = TimeSpan.Zero;
        if (giveUpAfter is { } after)
        {
            while (!over.Task.IsCompleted && clock.Used - before < after)
            {
                await Task.Yield();
            }

            await given.CancelAsync();
            atCancel = over.Task.IsCompleted ? TimeSpan.MaxValue : clock.Used;
        }

        (TimeSpan end, bool wasCut) = await over.Task;
        release.Set();
        thread.Join();
        return (end - before, wasCut && end > atCancel ? end - atCancel : wasCut ? TimeSpan.Zero : null);
    }

    private static MemorySource Make(int scale)
    {
        var source = new MemorySource();
        for (int series = 0; series < Wide * scale; series++)
        {
            string number = series.ToString(CultureInfo.InvariantCulture);
            source.With($"wide{{n=\"{number}\",rest=\"{number[^1]}\"}}", 60_000, series * 7919 % 10_007, series);
        }

        // Falls at every second sample.
        return source.With("long", 1000, [.. Enumerable.Range(0, Long * scale).Select(i => (double?)((i % 2) + (i * 1e-6)))]);
    }

    private static Task<QueryResult> Ask(string query, MemorySource data, CancellationToken cancel)
    {
        var engine = new Engine(new EngineSettings { Features = PromQLFeatures.ExperimentalFunctions, SamplesMax = 1_000_000_000 }, TimeProvider.System);
        const string range = "range: ";
        return query.StartsWith(range, StringComparison.Ordinal)
            ? engine.RangeAsync(
                query[range.Length..], new Timestamp(0), new Timestamp(5_000_000), TimeSpan.FromSeconds(2), data, QueryRunOptions.Default, cancel)
            : engine.InstantAsync(query, new Timestamp(30_000), data, QueryRunOptions.Default, cancel);
    }
}
