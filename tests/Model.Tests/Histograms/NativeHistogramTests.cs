using Xunit;

namespace Pleiad.Model.Tests;

public sealed class NativeHistogramTests
{
    private static readonly string[] s_somany =
    [
        "schema:0 count:25 sum:1234.5 z_bucket:4 z_bucket_w:0.001 buckets:[1 2 0 1 1] n_buckets:[2 4 0 0 1 9]",
        "schema:1 count:11 sum:1234.5 z_bucket:3 z_bucket_w:0.001 buckets:[0 2 1] n_buckets:[0 0 3 2]",
        "schema:3 count:7 sum:9 z_bucket:1 z_bucket_w:0.5 offset:-12 buckets:[1 2 1 1] n_offset:4 n_buckets:[1]",
        "schema:-2 count:3 sum:1e5 offset:2 buckets:[3]",
        "schema:0 count:0 sum:0",
    ];

    [Theory]
    [InlineData(
        "schema:0 count:41 sum:2345.6 z_bucket:5 z_bucket_w:0.001 buckets:[1 3 1 2 1 1 1] n_buckets:[0 1 4 2 7 0 0 0 0 5 5 2]",
        "schema:0 count:11 sum:1234.5 z_bucket:3 z_bucket_w:0.001 buckets:[0 2 1] n_buckets:[0 0 3 2]",
        "schema:0 count:30 sum:1111.1 z_bucket:2 z_bucket_w:0.001 buckets:[1 1 0 2 1 1 1] n_buckets:[0 1 1 0 7 0 0 0 0 5 5 2]")]
    [InlineData(
        "schema:0 count:41 sum:2345.6 z_bucket:5 z_bucket_w:0.001 buckets:[1 3 1 2 1 1 1] n_buckets:[0 1 4 2 7 0 0 0 0 5 5 2]",
        "schema:1 count:11 sum:1234.5 z_bucket:3 z_bucket_w:0.001 buckets:[0 2 1] n_buckets:[0 0 3 2]",
        "schema:0 count:30 sum:1111.1 z_bucket:2 z_bucket_w:0.001 buckets:[1 0 1 2 1 1 1] n_buckets:[0 -2 2 2 7 0 0 0 0 5 5 2]")]
    [InlineData(
        "schema:1 count:11 sum:1234.5 z_bucket:3 z_bucket_w:0.001 buckets:[0 2 1] n_buckets:[0 0 3 2]",
        "schema:0 count:41 sum:2345.6 z_bucket:5 z_bucket_w:0.001 buckets:[1 3 1 2 1 1 1] n_buckets:[0 1 4 2 7 0 0 0 0 5 5 2]",
        "schema:0 count:-30 sum:-1111.1 z_bucket:-2 z_bucket_w:0.001 buckets:[-1 0 -1 -2 -1 -1 -1] n_buckets:[0 2 -2 -2 -7 0 0 0 0 -5 -5 -2]")]
    [InlineData(
        "schema:-53 count:1 sum:1 custom_values:[10] buckets:[1]",
        "schema:-53 count:1 sum:1 custom_values:[2 10] buckets:[1]",
        "schema:-53 custom_values:[10]")]
    public void Differences_are_those_of_the_scripts(string left, string right, string difference)
    {
        Assert.True(NativeHistogram.TrySubtract(Histogram(left), Histogram(right), out NativeHistogram got, out _));
        Assert.True(Histogram(difference).NearlyEquals(got), got.ToString());
        Assert.Equal(CounterResetHint.Gauge, got.ResetHint);
    }

    [Fact]
    public void Custom_bounds_are_reconciled_to_those_that_both_have_and_the_user_is_told()
    {
        NativeHistogram left = Histogram("schema:-53 count:15 sum:55 custom_values:[2 4 6] buckets:[1 2 5 7]");
        NativeHistogram right = Histogram("schema:-53 count:15 sum:56 custom_values:[2 3 4 6] buckets:[1 0 1 5 8]");
        Assert.True(NativeHistogram.TryAdd(left, right, out NativeHistogram sum, out HistogramRemarks remarks));
        Assert.Equal(HistogramRemarks.BoundsReconciled, remarks);
        Assert.True(Histogram("schema:-53 count:30 sum:111 custom_values:[2 4 6] buckets:[2 3 10 15]").Equals(sum), sum.ToString());
        Assert.Equal([2.0, 4, 6], left.CustomBounds.AsEnumerable());
        Assert.Equal([1.0, 0, 1, 5, 8], right.PositiveBuckets.AsEnumerable());
    }

    [Fact]
    public void Exponential_and_custom_buckets_do_not_add_up()
    {
        NativeHistogram custom = Histogram("schema:-53 count:1 sum:1 custom_values:[10] buckets:[1]");
        NativeHistogram exponential = Histogram("schema:0 count:1 sum:1 buckets:[1]");
        Assert.False(NativeHistogram.TryAdd(custom, exponential, out _, out _));
        Assert.False(NativeHistogram.TrySubtract(exponential, custom, out _, out _));
        HistogramSum sum = HistogramSum.Sum();
        Assert.True(sum.TryAdd(custom));
        Assert.False(sum.TryAdd(exponential));
        Assert.Equal(1, sum.Added);
        Assert.True(sum.Result()!.Equals(custom));
    }

    [Fact]
    public void A_wider_zero_bucket_takes_in_the_buckets_it_covers()
    {
        // 0.5 is the lower bound of bucket 0 in schema 0; buckets -1 and below lie inside the wider zero bucket.
        NativeHistogram narrow = Histogram("schema:0 count:10 sum:5 z_bucket:1 z_bucket_w:0.001 offset:-3 buckets:[1 2 3 3]");
        NativeHistogram wide = Histogram("schema:0 count:4 sum:1 z_bucket:4 z_bucket_w:0.5");
        Assert.True(NativeHistogram.TryAdd(narrow, wide, out NativeHistogram sum, out _));
        Assert.True(Histogram("schema:0 count:14 sum:6 z_bucket:11 z_bucket_w:0.5 buckets:[3]").Equals(sum), sum.ToString());
    }

    [Fact]
    public void A_threshold_inside_a_populated_bucket_moves_to_its_end_on_both_sides()
    {
        NativeHistogram populated = Histogram("schema:0 count:6 sum:0 z_bucket:1 z_bucket_w:0.001 buckets:[2 1] n_buckets:[2]");
        NativeHistogram wide = Histogram("schema:0 count:1 sum:0 z_bucket:1 z_bucket_w:0.7");
        Assert.True(NativeHistogram.TryAdd(wide, populated, out NativeHistogram sum, out _));
        Assert.True(Histogram("schema:0 count:7 sum:0 z_bucket:6 z_bucket_w:1 offset:1 buckets:[1]").Equals(sum), sum.ToString());
    }

    [Fact]
    public void Sums_do_not_depend_on_the_order()
    {
        foreach (string left in s_somany)
        {
            foreach (string right in s_somany)
            {
                Assert.True(NativeHistogram.TryAdd(Histogram(left), Histogram(right), out NativeHistogram one, out _));
                Assert.True(NativeHistogram.TryAdd(Histogram(right), Histogram(left), out NativeHistogram other, out _));
                Assert.True(one.NearlyEquals(other, 1e-12), $"{one} and {other}");
                Assert.Null(one.Fault());
                Assert.Equal(Histogram(left).AllBuckets().Sum(b => b.Count) + Histogram(right).AllBuckets().Sum(b => b.Count), one.AllBuckets().Sum(b => b.Count), 9);
            }
        }
    }

    [Fact]
    public void A_coarser_schema_keeps_every_observation_within_its_bounds()
    {
        NativeHistogram fine = Histogram("schema:3 count:10 sum:9 offset:-7 buckets:[1 2 0 1 1 0 0 2 1 2]");
        for (int schema = 3; schema >= -4; schema--)
        {
            NativeHistogram coarse = fine.Coarsened(schema);
            Assert.Equal(10, coarse.AllBuckets().Sum(b => b.Count));
            Assert.Equal(schema, coarse.Schema);
            foreach (HistogramBucket bucket in fine.AllBuckets().Where(b => b.Count != 0))
            {
                Assert.Contains(coarse.AllBuckets(), b => b.Lower <= bucket.Lower && b.Upper >= bucket.Upper);
            }
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => fine.Coarsened(4));
    }

    [Theory]
    [InlineData(CounterResetHint.Unknown, CounterResetHint.Unknown, CounterResetHint.Unknown, false)]
    [InlineData(CounterResetHint.NotReset, CounterResetHint.NotReset, CounterResetHint.NotReset, false)]
    [InlineData(CounterResetHint.Gauge, CounterResetHint.NotReset, CounterResetHint.Gauge, false)]
    [InlineData(CounterResetHint.Reset, CounterResetHint.Gauge, CounterResetHint.Gauge, false)]
    [InlineData(CounterResetHint.NotReset, CounterResetHint.Unknown, CounterResetHint.Unknown, false)]
    [InlineData(CounterResetHint.Reset, CounterResetHint.NotReset, CounterResetHint.Unknown, true)]
    [InlineData(CounterResetHint.NotReset, CounterResetHint.Reset, CounterResetHint.Unknown, true)]
    public void Hints_of_a_sum(CounterResetHint left, CounterResetHint right, CounterResetHint sum, bool conflict)
    {
        NativeHistogram one = Histogram("schema:0 count:1 sum:1 buckets:[1]");
        Assert.True(NativeHistogram.TryAdd(one.WithHint(left), one.WithHint(right), out NativeHistogram got, out HistogramRemarks remarks));
        Assert.Equal(sum, got.ResetHint);
        Assert.Equal(conflict, remarks.HasFlag(HistogramRemarks.ResetsConflict));
    }

    [Fact]
    public void A_negative_factor_makes_a_gauge_and_a_division_by_zero_leaves_no_buckets()
    {
        NativeHistogram counter = Histogram("schema:0 count:30 sum:33 z_bucket:3 z_bucket_w:0.001 buckets:[3 3 3] n_buckets:[6 6 6]");
        Assert.True(Histogram("schema:0 count:90 sum:99 z_bucket:9 z_bucket_w:0.001 buckets:[9 9 9] n_buckets:[18 18 18]").Equals(counter.Multiply(3)));
        Assert.Equal(CounterResetHint.Unknown, counter.Multiply(3).ResetHint);
        Assert.Equal(CounterResetHint.Gauge, counter.Multiply(-1).ResetHint);
        Assert.Equal(CounterResetHint.Gauge, counter.Divide(-3).ResetHint);
        Assert.True(Histogram("schema:0 count:Inf sum:Inf z_bucket:Inf z_bucket_w:0.001").Equals(counter.Divide(0)));
    }

    [Theory]
    [InlineData("schema:0 count:4 sum:1 buckets:[2 2]", "schema:0 count:5 sum:1 buckets:[3 2]", false)]
    [InlineData("schema:0 count:4 sum:1 buckets:[2 2]", "schema:0 count:3 sum:1 buckets:[2 1]", true)]
    [InlineData("schema:0 count:4 sum:1 buckets:[2 2]", "schema:0 count:9 sum:1 buckets:[1 8]", true)]
    [InlineData("schema:0 count:4 sum:1 buckets:[2 2]", "schema:0 count:4 sum:1 buckets:[2 0 2]", true)]
    [InlineData("schema:0 count:1 sum:10 buckets:[1]", "schema:0 count:1 sum:10 buckets:[0 1]", true)]
    [InlineData("schema:0 count:4 sum:1 n_buckets:[2 2]", "schema:0 count:9 sum:1 n_buckets:[1 8]", true)]
    [InlineData("schema:0 count:4 sum:1 z_bucket:4", "schema:0 count:4 sum:1 z_bucket:3 buckets:[1]", true)]
    [InlineData("schema:1 count:4 sum:1 buckets:[1 1 2]", "schema:0 count:4 sum:1 buckets:[1 3]", false)]
    [InlineData("schema:0 count:4 sum:1 buckets:[2 2]", "schema:1 count:4 sum:1 buckets:[2 2]", true)]
    [InlineData("schema:0 count:4 sum:1 z_bucket_w:0.5 buckets:[2 2]", "schema:0 count:4 sum:1 z_bucket_w:0.1 buckets:[2 2]", true)]
    [InlineData("schema:0 count:4 sum:1 z_bucket:1 z_bucket_w:0.1 offset:-1 buckets:[3]", "schema:0 count:4 sum:1 z_bucket:4 z_bucket_w:0.5", false)]
    [InlineData("schema:0 count:4 sum:1 z_bucket:1 z_bucket_w:0.1 buckets:[3]", "schema:0 count:4 sum:1 z_bucket:4 z_bucket_w:0.7", true)]
    [InlineData("schema:0 count:1 sum:1 buckets:[1]", "schema:-53 count:1 sum:1 custom_values:[1] buckets:[1]", true)]
    [InlineData("schema:-53 count:15 sum:55 custom_values:[2 4 6] buckets:[1 2 5 7]", "schema:-53 count:15 sum:56 custom_values:[2 3 4 6] buckets:[1 0 1 5 8]", true)]
    [InlineData("schema:-53 count:15 sum:55 custom_values:[2 4 6] buckets:[1 2 5 7]", "schema:-53 count:15 sum:56 custom_values:[2 3 4 6] buckets:[1 1 1 5 7]", false)]
    [InlineData("schema:0 count:4 sum:1 buckets:[2 2]", "schema:0 count:1 sum:1 counter_reset_hint:not_reset", false)]
    [InlineData("schema:0 count:4 sum:1 buckets:[2 2]", "schema:0 count:5 sum:1 buckets:[3 2] counter_reset_hint:reset", true)]
    public void Counter_resets(string before, string after, bool reset) =>
        Assert.Equal(reset, Histogram(after).IsResetAfter(Histogram(before)));

    [Fact]
    public void An_average_does_not_overflow_and_a_sum_of_great_and_small_keeps_the_small()
    {
        HistogramSum average = HistogramSum.Average();
        foreach ((double count, double sum) in new[] { (double.MaxValue, 5.3), (1e308, 1e100), (1e-6, -1e100), (1e-6, 1), (1e-6, 1e100), (1e-6, -1e100), (1e-6, 0) })
        {
            Assert.True(average.TryAdd(new NativeHistogram { Count = count, Sum = sum }));
        }

        Assert.True(new NativeHistogram { Count = 3.9967044783747367e+307, Sum = 0.9 }.NearlyEquals(average.Result()!), average.Result()!.ToString());

        HistogramSum total = HistogramSum.Sum();
        foreach (double sum in new[] { 1, 1e100, 1, -1e100 })
        {
            total.TryAdd(new NativeHistogram { Count = 1, Sum = sum, PositiveSpans = [new(0, 1)], PositiveBuckets = [sum] });
        }

        Assert.Equal(2, total.Result()!.Sum);
        Assert.Equal([2.0], total.Result()!.PositiveBuckets);
        Assert.Null(HistogramSum.Sum().Result());
    }

    [Fact]
    public void Buckets_come_in_order_with_the_bounds_of_the_specification()
    {
        NativeHistogram histogram = Histogram("schema:0 count:9 sum:1 z_bucket:2 z_bucket_w:0.001 buckets:[1 0 2] n_buckets:[3 1]");
        Assert.Equal(
            ["[-2,-1):1", "[-1,-0.5):3", "[-0.001,0.001]:2", "(0.5,1]:1", "(1,2]:0", "(2,4]:2"],
            histogram.AllBuckets().Select(b => b.ToString()));
        Assert.Equal([1, 1, 3, 0, 0, 0], histogram.AllBuckets().Select(b => b.BoundaryRule));
        Assert.Equal("{count:9, sum:1, [-2,-1):1, [-1,-0.5):3, [-0.001,0.001]:2, (0.5,1]:1, (2,4]:2}", histogram.ToString());

        NativeHistogram custom = Histogram("schema:-53 count:6 sum:1e6 custom_values:[-5 10] buckets:[1 2 3]");
        Assert.Equal("{count:6, sum:1e+06, [-Inf,-5]:1, (-5,10]:2, (10,+Inf]:3}", custom.ToString());
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(1, 0, 2)]
    [InlineData(-1, 0, 0.5)]
    [InlineData(1, -4, 65536)]
    [InlineData(-1, -2, 0.0625)]
    [InlineData(1, 1, 1.414213562373095)]
    [InlineData(3, 3, 1.2968395546510096)]
    [InlineData(1024, 0, double.MaxValue)]
    [InlineData(1025, 0, double.PositiveInfinity)]
    [InlineData(64, -4, double.MaxValue)]
    [InlineData(65, -4, double.PositiveInfinity)]
    [InlineData(262144, 8, double.MaxValue)]
    [InlineData(-1074, 0, 4.9406564584124654E-324)]
    [InlineData(int.MaxValue, -4, double.PositiveInfinity)]
    [InlineData(int.MinValue, -4, 0)]
    public void Bounds(int index, int schema, double upper) => Assert.Equal(upper, HistogramBounds.Upper(index, schema, []));

    [Theory]
    [InlineData("schema:0 count:1 sum:1 buckets:[1]", null)]
    [InlineData("schema:9 count:1 sum:1 buckets:[1]", "schema")]
    [InlineData("schema:-5 count:1 sum:1 buckets:[1]", "schema")]
    [InlineData("schema:0 count:1 sum:1 buckets:[-1]", "negative")]
    [InlineData("schema:0 count:1 sum:1 buckets:[NaN]", "negative")]
    [InlineData("schema:0 count:-1 sum:1", "negative")]
    [InlineData("schema:0 count:1 sum:1 z_bucket_w:-1", "threshold")]
    [InlineData("schema:0 count:1 sum:1 z_bucket_w:NaN", "threshold")]
    [InlineData("schema:0 count:1 sum:1 custom_values:[1]", "custom bounds")]
    [InlineData("schema:-53 count:1 sum:1 custom_values:[1 2] buckets:[1 1 1]", null)]
    [InlineData("schema:-53 count:1 sum:1 custom_values:[1 2] buckets:[1 1 1 1]", "more buckets")]
    [InlineData("schema:-53 count:1 sum:1 custom_values:[2 1] buckets:[1]", "increasing")]
    [InlineData("schema:-53 count:1 sum:1 custom_values:[1 1] buckets:[1]", "increasing")]
    [InlineData("schema:-53 count:1 sum:1 custom_values:[1 Inf] buckets:[1]", "finite")]
    [InlineData("schema:-53 count:1 sum:1 custom_values:[1] z_bucket:1", "zero")]
    [InlineData("schema:-53 count:1 sum:1 custom_values:[1] n_buckets:[1]", "negative buckets")]
    public void Faults_are_named(string text, string? part)
    {
        string? fault = Histogram(text).Fault();
        Assert.True(part is null ? fault is null : fault?.Contains(part, StringComparison.Ordinal) == true, fault ?? "no fault");
    }

    [Fact]
    public void Spans_must_fit_their_buckets()
    {
        Assert.NotNull(new NativeHistogram { PositiveSpans = [new(0, 2)], PositiveBuckets = [1] }.Fault());
        Assert.NotNull(new NativeHistogram { NegativeSpans = [new(0, 1), new(-1, 1)], NegativeBuckets = [1, 1] }.Fault());
        Assert.Null(new NativeHistogram { NegativeSpans = [new(-5, 1), new(0, 1)], NegativeBuckets = [1, 1] }.Fault());
    }

    [Fact]
    public void Compacting_drops_empty_buckets_and_keeps_short_gaps_where_told()
    {
        NativeHistogram loose = Histogram("schema:0 count:3 sum:1 buckets:[0 0 1 0 1 0 0 0 1 0]");
        Assert.Equal([new(2, 1), new(1, 1), new(3, 1)], loose.Compacted().PositiveSpans);
        Assert.Equal([new(2, 3), new(3, 1)], loose.Compacted(2).PositiveSpans);
        Assert.Equal([1, 0, 1, 1], loose.Compacted(2).PositiveBuckets);
        Assert.True(loose.Equals(loose.Compacted()));
        Assert.True(loose.Compacted(2).Equals(loose));
        Assert.Equal(loose.GetHashCode(), loose.Compacted().GetHashCode());
    }

    [Fact]
    public void Observations_that_are_no_number_rank_last()
    {
        NativeHistogram some = Histogram("schema:0 count:15 sum:NaN buckets:[12]");
        Assert.Equal(double.NaN, HistogramStatistics.Quantile(0.81, some, out NaNObservations nan));
        Assert.Equal(NaNObservations.Result, nan);
        Assert.Equal(1, HistogramStatistics.Quantile(0.8, some, out nan), 12);
        Assert.Equal(NaNObservations.Skewed, nan);
        Assert.Equal(0.8, HistogramStatistics.Fraction(double.NegativeInfinity, double.PositiveInfinity, some), 12);
        HistogramStatistics.Quantile(0.5, Histogram("schema:0 count:12 sum:9 buckets:[12]"), out nan);
        Assert.Equal(NaNObservations.None, nan);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "1")]
    [InlineData(-1.5, "-1.5")]
    [InlineData(123456, "123456")]
    [InlineData(1234567, "1.234567e+06")]
    [InlineData(1000000, "1e+06")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001234, "1.234e-05")]
    [InlineData(1e100, "1e+100")]
    [InlineData(double.MaxValue, "1.7976931348623157e+308")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(double.NaN, "NaN")]
    public void Floats_in_texts_are_written_as_Go_writes_them(double value, string text) => Assert.Equal(text, ExponentFloat.Of(value));

    private static NativeHistogram Histogram(string text) => HistogramText.Parse(text);
}
