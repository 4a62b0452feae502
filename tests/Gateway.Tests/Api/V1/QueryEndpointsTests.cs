using System.Threading.Channels;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Gateway.Tests;

public sealed class QueryEndpointsTests
{
    private static readonly Labels Up = Labels.From(("__name__", "up"), ("job", "api"));

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task Grafanas_health_check_gets_its_two(string method)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        (int status, string body) = method == "GET"
            ? await gateway.GetAsync("/api/v1/query?query=1%2B1&time=4")
            : await gateway.PostAsync("/api/v1/query", "query=1%2B1&time=4");
        Assert.Equal(200, status);
        Assert.Equal("""{"status":"success","data":{"resultType":"scalar","result":[4,"2"]}}""", body);
        Assert.Equal(["instant 1+1 @4000 timeout= lookback="], gateway.Node.Asked);
    }

    [Fact]
    public async Task A_partial_answer_says_so_in_a_header()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using HttpResponseMessage whole = await gateway.Client.GetAsync("/api/v1/query?query=up");
        Assert.False(whole.Headers.Contains("Pleiad-Partial"));
        Func<CancellationToken, Task<QueryResult>> answer = gateway.Node.Answer;
        gateway.Node.Answer = async cancel => (await answer(cancel)) with { Warnings = ["partial: no node answered"], IsPartial = true };
        using HttpResponseMessage partial = await gateway.Client.GetAsync("/api/v1/query?query=up");
        Assert.Equal(["true"], partial.Headers.GetValues("Pleiad-Partial"));
        Assert.Contains("partial: no node answered", await partial.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parameters_reach_the_engine_and_unknown_ones_are_ignored()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.GetAsync("/api/v1/query?query=up&time=2015-07-01T20:10:51.781Z&timeout=30s&lookback_delta=90&custom=1");
        await gateway.PostAsync("/api/v1/query_range?step=99&nonsense=1", "query=up&start=10&end=20.5&step=1m&timeout=0.5");
        Assert.Equal(
            [
                "instant up @1435781451781 timeout=00:00:30 lookback=00:01:30",
                "range up 10000..20500/60000 timeout=00:00:00.5000000 lookback=",
            ],
            gateway.Node.Asked);
    }

    [Fact]
    public async Task A_time_that_is_not_given_is_now()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(time: new StoppedClock(DateTimeOffset.FromUnixTimeMilliseconds(1234567)));
        await gateway.GetAsync("/api/v1/query?query=up");
        Assert.Equal("instant up @1234567 timeout= lookback=", gateway.Node.Asked.Single());
    }

    [Theory]
    [InlineData("query?query=up&time=abc", "invalid parameter \"time\": Invalid time value for 'time': cannot parse \"abc\" to a valid timestamp")]
    [InlineData("query?query=up&timeout=abc", "invalid parameter \"timeout\": cannot parse \"abc\" to a valid duration")]
    [InlineData("query?query=up&limit=-1", "invalid parameter \"limit\": limit must be non-negative")]
    [InlineData("query?query=up&lookback_delta=abc", "error parsing lookback delta duration: cannot parse \"abc\" to a valid duration")]
    [InlineData("query?query=up&rollups=sometimes", "invalid parameter \"rollups\": there are never (samples alone), gone (where samples are gone) and prefer")]
    [InlineData("query?query=up&consistency=weak", "invalid parameter \"consistency\": there is strong (everything acknowledged before is seen, or the query is refused)")]
    [InlineData("query_range?query=up&end=10&step=1", "invalid parameter \"start\": cannot parse \"\" to a valid timestamp")]
    [InlineData("query_range?query=up&start=0&end=x&step=1", "invalid parameter \"end\": cannot parse \"x\" to a valid timestamp")]
    [InlineData("query_range?query=up&start=10&end=0&step=1", "invalid parameter \"end\": end timestamp must not be before start time")]
    [InlineData("query_range?query=up&start=0&end=10", "invalid parameter \"step\": cannot parse \"\" to a valid duration")]
    [InlineData("query_range?query=up&start=0&end=10&step=0", "invalid parameter \"step\": zero or negative query resolution step widths are not accepted. Try a positive integer")]
    [InlineData("query_range?query=up&start=0&end=10&step=-1", "invalid parameter \"step\": zero or negative query resolution step widths are not accepted. Try a positive integer")]
    [InlineData("query_range?query=up&start=0&end=10&step=99999999999999999", "invalid parameter \"step\": cannot parse \"99999999999999999\" to a valid duration. It overflows int64")]
    [InlineData("query_range?query=up&start=0&end=11001&step=1", "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)")]
    [InlineData("query_range?query=up&start=-292273086-05-16T16:47:06Z&end=292277025-08-18T07:12:54.999999999Z&step=1", "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)")]
    [InlineData("query_exemplars?query=up&start=1&end=0", "end timestamp must not be before start timestamp")]
    public async Task A_wrong_request_is_refused_in_the_words_of_Prometheus(string request, string error)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        (int status, string body) = await gateway.GetAsync("/api/v1/" + request);
        Assert.Equal(400, status);
        Assert.Equal(("bad_data", error), Json.ErrorOf(body));
        Assert.Empty(gateway.Node.Asked);
    }

    [Fact]
    public async Task Eleven_thousand_steps_are_allowed()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        Assert.Equal(200, (await gateway.GetAsync("/api/v1/query_range?query=up&start=0&end=11000&step=1")).Status);
    }

    [Theory]
    [InlineData(QueryErrorKind.BadData, "1:3: parse error: unexpected end of input", 400, "bad_data", "invalid parameter \"query\": 1:3: parse error: unexpected end of input")]
    [InlineData(QueryErrorKind.Execution, "found duplicate series", 422, "execution", "found duplicate series")]
    [InlineData(QueryErrorKind.Timeout, "query timed out in expression evaluation", 503, "timeout", "query timed out in expression evaluation")]
    [InlineData(QueryErrorKind.Canceled, "query was canceled in expression evaluation", 499, "canceled", "query was canceled in expression evaluation")]
    [InlineData(QueryErrorKind.Unavailable, "too many queries", 503, "unavailable", "too many queries")]
    public async Task Each_kind_of_failure_has_its_status(QueryErrorKind kind, string message, int status, string type, string error)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        gateway.Node.FailWith(kind, message);
        (int got, string body) = await gateway.GetAsync("/api/v1/query_range?query=1%2B&start=0&end=1&step=1");
        Assert.Equal(status, got);
        Assert.Equal((type, error), Json.ErrorOf(body));
    }

    [Fact]
    public async Task A_bug_is_an_internal_error_that_gives_nothing_away()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        gateway.Node.Answer = _ => throw new InvalidOperationException("secret /path");
        (int status, string body) = await gateway.GetAsync("/api/v1/query?query=up");
        Assert.Equal(500, status);
        Assert.Equal("internal", Json.ErrorOf(body).Type);
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vectors_matrices_and_strings_have_the_shapes_of_the_API()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        Golden.Same("vector.json", await Query(gateway, new VectorValue(
        [
            new(Up, new Timestamp(1435781451781), 1, null),
            new(Labels.From(("__name__", "q"), ("v", "<&é\"\\\n\u2028\u0001\ud800")), new Timestamp(50), double.NaN, null),
            new(Labels.Empty, new Timestamp(5000), 1e100, null),
        ])));
        Golden.Same("matrix.json", await Query(gateway, new MatrixValue(
        [
            new(Up, [0, 15000, 30500], [1, 0.5, double.PositiveInfinity], null),
            new(Labels.Empty, [1000], [-0.0], null),
        ])));
        Golden.Same("string.json", await Query(gateway, new StringValue(new Timestamp(1435781451781), "text <b>")));
        Golden.Same("scalar.json", await Query(gateway, new ScalarValue(new Timestamp(-1500), 1e21)));
    }

    [Fact]
    public async Task Histograms_show_their_populated_buckets()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        var exponential = new NativeHistogram
        {
            Schema = 0,
            Count = 12.5,
            Sum = 42.1,
            ZeroThreshold = 0.001,
            ZeroCount = 2,
            PositiveSpans = [new(0, 2), new(1, 1)],
            PositiveBuckets = [3, 0, 4.5],
            NegativeSpans = [new(1, 2)],
            NegativeBuckets = [1, 2],
        };
        var custom = new NativeHistogram
        {
            Schema = NativeHistogram.CustomBucketsSchema,
            Count = 6,
            Sum = 1,
            PositiveSpans = [new(0, 3)],
            PositiveBuckets = [1, 2, 3],
            CustomBounds = [0.5, 10],
        };
        Golden.Same("histogram_vector.json", await Query(gateway, new VectorValue(
            [new(Up, new Timestamp(1000), 0, exponential), new(Labels.Empty, new Timestamp(1000), 0, new NativeHistogram())])));
        Golden.Same("histogram_matrix.json", await Query(gateway, new MatrixValue(
        [
            new(Up, [1000, 2000, 3000], [7, 0, 0], [null, custom, exponential]),
            new(Labels.Empty, [1000], [0], [custom]),
        ])));
    }

    [Fact]
    public async Task Warnings_and_infos_are_there_only_when_there_are_some()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        string all = "shard 3 of 8 unavailable";
        gateway.Node.AnswerWith(new VectorValue([]), [all], ["metric might not be a counter"]);
        Assert.Equal(
            """{"status":"success","data":{"resultType":"vector","result":[]},"warnings":["shard 3 of 8 unavailable"],"infos":["metric might not be a counter"]}""",
            (await gateway.GetAsync("/api/v1/query?query=up")).Body);
        gateway.Node.AnswerWith(new VectorValue([]), [.. Enumerable.Range(0, 12).Select(i => $"w{i}")]);
        string body = (await gateway.GetAsync("/api/v1/query?query=up")).Body;
        Assert.Contains("\"w9\",\"2 more warning annotations omitted\"]", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_cuts_vectors_and_matrices_and_says_so()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        gateway.Node.AnswerWith(new VectorValue([new(Up, new(1), 1, null), new(Labels.Empty, new(1), 1, null)]), ["first"]);
        string cut = (await gateway.GetAsync("/api/v1/query?query=up&limit=1")).Body;
        Assert.Contains("\"up\"", cut, StringComparison.Ordinal);
        Assert.EndsWith("]},\"warnings\":[\"first\",\"results truncated due to limit\"]}", cut, StringComparison.Ordinal);
        Assert.DoesNotContain("truncated", (await gateway.GetAsync("/api/v1/query?query=up&limit=2")).Body, StringComparison.Ordinal);
        Assert.DoesNotContain("truncated", (await gateway.GetAsync("/api/v1/query?query=up&limit=0")).Body, StringComparison.Ordinal);
        gateway.Node.AnswerWith(new MatrixValue([new(Up, [1], [1], null), new(Labels.Empty, [1], [1], null)]));
        Assert.Contains("truncated", (await gateway.GetAsync("/api/v1/query_range?query=up&limit=1&start=0&end=1&step=1")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stats_are_there_when_asked_for()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        Golden.Same("stats.json", (await gateway.GetAsync("/api/v1/query?query=2&stats=true")).Body);
    }

    [Theory]
    [InlineData("query?query=2&stats=yes")]
    [InlineData("query_range?query=2&start=0&end=1&step=1&stats=yes")]
    public async Task A_value_of_stats_of_no_meaning_is_warned_of_and_gives_the_plain_ones(string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        string answer = (await gateway.GetAsync("/api/v1/" + path)).Body;
        Assert.Contains("\"stats\":{\"timings\"", answer, StringComparison.Ordinal);
        Assert.EndsWith(
            """
            "warnings":["value \"yes\" for parameter \"stats\" is deprecated and will be rejected in the next major release, use \"true\" or \"all\""]}
            """,
            answer,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_stats_are_those_of_each_step_and_shard_as_well()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        var held = new CountedDisposals();
        gateway.Node.Answer = _ => Task.FromResult(new QueryResult(new ScalarValue(new Timestamp(4000), 2), [], [], FakeNode.Stats with
        {
            QueueTime = TimeSpan.FromSeconds(1),
            SamplesByStep = [new StepSamples(new Timestamp(1500), 5), new StepSamples(new Timestamp(2000), 7)],
            Shards = [new ShardCost(0, TimeSpan.FromSeconds(0.25), 1, 2, 3, 4)],
        })
        {
            Memory = held,
        });
        Assert.Equal(
            """
            {"status":"success","data":{"resultType":"scalar","result":[4,"2"],"stats":{"timings":{"evalTotalTime":0.003,"resultSortTime":0,"queryPreparationTime":0.001,"innerEvalTime":0.002,"execQueueTime":1,"execTotalTime":1.003},"samples":{"totalQueryableSamplesPerStep":[[1.500,5],[2,7]],"totalQueryableSamples":12,"peakSamples":7},"seriesRead":3,"shards":[{"shard":0,"seconds":0.25,"seriesRead":1,"samplesRead":2,"series":3,"bytes":4}]}}}
            """,
            (await gateway.GetAsync("/api/v1/query?query=2&stats=all")).Body);
        await held.OnceAsync();
    }

    [Fact]
    public async Task What_an_answer_holds_is_given_back_when_it_has_been_written()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        var held = new CountedDisposals();
        gateway.Node.Answer = _ => Task.FromResult(new QueryResult(new ScalarValue(new Timestamp(4000), 2), [], [], FakeNode.Stats) { Memory = held });
        await gateway.GetAsync("/api/v1/query?query=2");
        await held.OnceAsync();
        await gateway.GetAsync("/api/v1/query_range?query=2&start=0&end=1&step=1");
        await held.OnceAsync();
    }

    [Fact]
    public async Task The_limit_of_steps_is_a_setting()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(settings => settings with { StepsMax = 100 });
        Assert.Equal(200, (await gateway.GetAsync("/api/v1/query_range?query=2&start=0&end=100&step=1")).Status);
        (int status, string body) = await gateway.GetAsync("/api/v1/query_range?query=2&start=0&end=101&step=1");
        Assert.Equal(400, status);
        Assert.Equal(
            ("bad_data", "exceeded maximum resolution of 100 points per timeseries. Try decreasing the query resolution (?step=XX)"), Json.ErrorOf(body));
    }

    /// <summary>Something that is disposed of, perhaps a moment after the client has its answer.</summary>
    private sealed class CountedDisposals : IDisposable
    {
        private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(60);

        private readonly Channel<bool> _disposals = Channel.CreateUnbounded<bool>();

        public async Task OnceAsync()
        {
            using var hang = new CancellationTokenSource(HangGuard);
            await _disposals.Reader.ReadAsync(hang.Token);
        }

        public void Dispose() => _disposals.Writer.TryWrite(true);
    }

    [Fact]
    public async Task Exemplars_of_every_selector_of_a_query_are_asked_for_and_told_by_series()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        Assert.Equal((200, """{"status":"success","data":[]}"""), await gateway.PostAsync("/api/v1/query_exemplars", "query=1"));
        gateway.Node.Exemplars =
        [
            new(Up, [new(Labels.From(("trace_id", "abc")), 0.5, new Timestamp(1500)), new(Labels.Empty, double.PositiveInfinity, new Timestamp(2000))]),
        ];
        Assert.Equal(
            (200, """{"status":"success","data":[{"seriesLabels":{"__name__":"up","job":"api"},"exemplars":[{"labels":{"trace_id":"abc"},"value":"0.5","timestamp":1.500},{"labels":{},"value":"+Inf","timestamp":2}]}]}"""),
            await gateway.PostAsync(
                "/api/v1/query_exemplars", "query=histogram_quantile(0.9, sum by (le) (rate(a_bucket{job=\"x\"}[5m]))) / on() b&start=1&end=2.5"));
        Assert.Equal("exemplars {job=\"x\",__name__=\"a_bucket\"} or {__name__=\"b\"} 1000..2500", gateway.Node.Asked[^1]);
        Assert.Equal(400, (await gateway.PostAsync("/api/v1/query_exemplars", "query=up{")).Status);
    }

    private static async Task<string> Query(RunningGateway gateway, QueryValue value)
    {
        gateway.Node.AnswerWith(value);
        (int status, string body) = await gateway.GetAsync("/api/v1/query?query=x");
        Assert.Equal(200, status);
        return body;
    }
}
