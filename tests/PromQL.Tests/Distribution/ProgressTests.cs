using Pleiad.Model;

namespace Pleiad.PromQL.Tests;

public sealed class ProgressTests
{
    private static readonly ShardMap Map = new(8);
    private static readonly ShardedData Data = new(seed: 1, isExact: true);

    [Theory]
    [InlineData("sum(a)", new[] { 1, 2, 3, 4, 5, 6, 7, 8 })]
    // Two parts a shard: each counts half.
    [InlineData("sum(a) + sum(b)", new[] { 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8 })]
    public async Task Shards_are_counted_as_they_are_done(string query, int[] expected)
    {
        var progress = new QueryProgress();
        Assert.Equal((0, 0), progress.Shards);
        var shards = new OneByOne(() => progress.Shards.Done);
        await AskAsync(query, shards, progress);
        Assert.Equal(expected, shards.Done);
        Assert.Equal((8, 8), progress.Shards);
    }

    [Fact]
    public async Task Shards_that_answer_together_or_elsewhere_count_too_and_those_that_are_not_asked_do_not()
    {
        foreach (int count in (int[])[4, 8])
        {
            var progress = new QueryProgress();
            await AskAsync("sum(a)", Data.On(count, threads: 2), progress);
            Assert.Equal((count, count), progress.Shards);
        }

        var elsewhere = new QueryProgress();
        await AskAsync("sum(a)", new Elsewhere(), elsewhere);
        Assert.Equal((8, 8), elsewhere.Shards);

        var one = new QueryProgress();
        await AskAsync("sum(a{instance=\"i0\"})", Data.On(8, threads: 1), one);
        Assert.True(one.Shards is (1, 1) or (0, 0), $"{one.Shards} of one shard");

        var none = new QueryProgress();
        await AskAsync("vector(1)", Data.On(8, threads: 1), none);
        Assert.Equal((0, 0), none.Shards);
    }

    private static Task<QueryResult> AskAsync(string query, ISeriesSource source, QueryProgress progress) =>
        new Engine(new EngineSettings(), TimeProvider.System).InstantAsync(
            query, new Timestamp(10 * ShardedData.StepMs), source, new QueryRunOptions { Progress = progress }, CancellationToken.None);

    private abstract class Runner : IFragmentRunner
    {
        protected IReadOnlyList<ISeriesSource> Parts { get; } = Data.Parts(Map);

        public ShardMap Shards => Map;

        public abstract Task<IReadOnlyList<FragmentAnswer>> RunAsync(PlanFragment fragment, IReadOnlyList<int> shards, CancellationToken cancel);

        public SeriesCursor Select(SelectRequest request, CancellationToken cancel) => Data.Whole.Select(request, cancel);

        public void AddLabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
        {
        }

        public void AddLabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
        {
        }
    }

    private sealed class OneByOne(Func<int> done) : Runner
    {
        public List<int> Done { get; } = [];

        public override Task<IReadOnlyList<FragmentAnswer>> RunAsync(PlanFragment fragment, IReadOnlyList<int> shards, CancellationToken cancel)
        {
            var answers = new List<FragmentAnswer>();
            foreach (int shard in shards)
            {
                answers.Add(fragment.Run(Parts[shard]));
                Done.Add(done());
            }

            return Task.FromResult<IReadOnlyList<FragmentAnswer>>(answers);
        }
    }

    private sealed class Elsewhere : Runner
    {
        public override Task<IReadOnlyList<FragmentAnswer>> RunAsync(PlanFragment fragment, IReadOnlyList<int> shards, CancellationToken cancel)
        {
            fragment.Answered(shards.Count);
            return Task.FromResult<IReadOnlyList<FragmentAnswer>>([.. shards.Select(_ => fragment.Nothing())]);
        }
    }
}
