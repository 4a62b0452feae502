using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Pleiad.PromQL.Tests;

public sealed class NumericsTests
{
    [Fact]
    public void A_compensated_sum_keeps_what_a_plain_one_loses()
    {
        CompensatedSum sum = CompensatedSum.Of([1, 1e100, 1, -1e100]);

        Assert.Equal(2, sum.Total);
    }

    [Fact]
    public void Columns_are_summed_as_single_values_are() => Prop.ForAll(
        ArbMap.Default.ArbFor<double[][]>(),
        rows =>
        {
            var sums = new double[9];
            var lost = new double[9];
            var single = new CompensatedSum[9];
            foreach (double[] row in rows)
            {
                double[] column = [.. Enumerable.Range(0, 9).Select(i => i < row.Length ? row[i] : i * 0.1)];
                CompensatedSum.Add(column, sums, lost);
                for (int i = 0; i < 9; i++)
                {
                    single[i].Add(column[i]);
                }
            }

            return Enumerable.Range(0, 9).All(i => single[i].Sum.Equals(sums[i]) && single[i].Lost.Equals(lost[i]));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(300)]
    [InlineData(1000)]
    [InlineData(5000)]
    public async Task A_quantile_of_many_values_is_that_of_the_sorted_ones(int count)
    {
        var random = new Random(count);
        for (int round = 0; round < 30; round++)
        {
            int distinct = 1 << random.Next(16);
            double?[] values = [.. Enumerable.Range(0, count).Select(i => (double?)(
                round % 3 == 0 && random.Next(4) == 0 ? double.NaN : random.Next(50) == 0 ? double.NegativeInfinity : random.Next(distinct)))];
            double[] sorted = [.. values.Select(value => value!.Value).Order()];
            string q = (round % 7 == 0 ? 1 : Math.Round(random.NextDouble(), 3)).ToString(System.Globalization.CultureInfo.InvariantCulture);
            double rank = double.Parse(q, System.Globalization.CultureInfo.InvariantCulture) * (count - 1);
            int lower = (int)Math.Floor(rank);
            double expected = (sorted[lower] * (1 - (rank - lower))) + (sorted[Math.Min(count - 1, lower + 1)] * (rank - lower));

            QueryResult result = await new Engine(new EngineSettings(), TimeProvider.System).InstantAsync(
                $"quantile_over_time({q}, x[1y])", new Model.Timestamp(count * 1000L), new MemorySource().With("x", 1000, values), QueryRunOptions.Default,
                CancellationToken.None);

            Assert.Equal(expected, Assert.Single(Assert.IsType<VectorValue>(result.Value).Samples).Value);
        }
    }

    [Fact]
    public void A_mean_survives_a_sum_that_does_not() => Assert.Equal(1.5e308, Mean.Of([1.5e308, 1.5e308, 1.5e308]), 1e295);

    [Theory]
    [InlineData(1, "1")]
    [InlineData(0.1, "0.1")]
    [InlineData(1e21, "1000000000000000000000")]
    [InlineData(-1.5e-7, "-0.00000015")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    public void A_value_as_a_label_has_no_exponent(double value, string text) => Assert.Equal(text, FloatText.Plain(value));

    [Theory]
    [InlineData(1e6, "1e+06")]
    [InlineData(123456.5, "123456.5")]
    [InlineData(1e-5, "1e-05")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(double.NaN, "NaN")]
    public void A_value_in_an_annotation_is_as_Go_prints_it(double value, string text) => Assert.Equal(text, FloatText.General(value));

    [Theory]
    [InlineData("node2", "node10", -1)]
    [InlineData("node10", "node10", 0)]
    [InlineData("a", "b", -1)]
    [InlineData("1.9", "1.10", -1)]
    [InlineData("a1", "a", 1)]
    [InlineData("a01b", "a1c", -1)]
    [InlineData("a1b", "a01a", 1)]
    [InlineData("a01", "a1", -1)]
    public void Natural_order_reads_digits_as_numbers(string left, string right, int order) =>
        Assert.Equal(order, Math.Sign(NaturalOrder.Compare(left, right)));

    [Fact]
    public void Comparison_kernels_agree_with_single_comparisons() => Prop.ForAll(
        ArbMap.Default.ArbFor<double[]>(),
        values =>
        {
            double[] right = [.. values.Reverse()];
            var bits = new ulong[(values.Length / 64) + 1];
            return new[] { BinaryOp.Equal, BinaryOp.NotEqual, BinaryOp.Less, BinaryOp.LessOrEqual, BinaryOp.Greater, BinaryOp.GreaterOrEqual }
                .All(op =>
                {
                    ColumnKernels.Compare(op, values, right, bits);
                    return Enumerable.Range(0, values.Length).All(i => StepBits.Has(bits, i) == ColumnKernels.Holds(op, values[i], right[i]));
                });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Buckets_that_fall_are_levelled_and_reported()
    {
        ClassicBucket[] buckets = [new(1, 10), new(2, 8), new(4, 20), new(double.PositiveInfinity, 20)];

        double median = ClassicBuckets.Quantile(0.5, buckets, out MonotonicityFix? fix);

        Assert.Equal(1, median);
        Assert.Equal(new MonotonicityFix(2, 2, 2), fix);
    }

    [Fact]
    public void Buckets_without_an_infinite_one_have_no_quantile() =>
        Assert.True(double.IsNaN(ClassicBuckets.Quantile(0.5, new ClassicBucket[] { new(1, 10), new(2, 20) }, out _)));
}
