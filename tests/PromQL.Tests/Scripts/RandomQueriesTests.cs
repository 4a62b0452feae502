using FsCheck;
using FsCheck.Fluent;
using Pleiad.Model;
using Xunit;

namespace Pleiad.PromQL.Tests;

/// <summary>Random queries over a little of everything: what holds for every query, whatever it means.</summary>
public class RandomQueriesTests
{
    private const int Depth = 3;
    private const int Queries = 300;

    private static readonly EngineSettings Settings = ScriptRunner.ForScripts;

    private static readonly Engine Engine = new(Settings, TimeProvider.System);

    private static readonly ScriptStore Store = Loaded(
        """
        load 30s
          up{job="a", instance="x"} 1 1 0 _ 1 stale 1 1x20
          up{job="a", instance="y"} 1x10 _x5 0x10
          up{job="b"} NaN Inf -Inf 0 1+0.5x20
          http_requests_total{job="a", instance="x", le="0"} 0+10x10 5+3x15
          http_requests_total{job="a", instance="x", le="1"} 0+20x10 50+30x15
          http_requests_total{job="a", instance="x", le="+Inf"} 0+25x10 55+35x15
          a:b:c{by="a", on="a"} -5+1.5x25
          sum{job="a"} {{schema:0 sum:4 count:4 buckets:[1 2 1]}}+{{sum:2 count:3 buckets:[1 1 1]}}x20
          sum{job="b"} {{schema:-53 sum:1 count:3 custom_values:[5 10] buckets:[1 2]}}x10 1 2 3 stale {{schema:1 sum:1 count:5 buckets:[1 4]}}
          offset{"label.with.dots"="a"} 1e300+1e300x20
          start{job="0"} 3-1x20
          {"name with spaces", "größe"="ü☺"} 1 _ 2 _ 3 _ 4
          anchored{job="a"}@st _ -30s -1m -1s _x2
          anchored{job="a"}    0   10  20   5  7 8
          _{instance="a"} 1x25
        """);

    [Fact]
    public void Any_query_gives_a_value_or_a_reason() => Check((node, at) =>
    {
        Instant(node, at);
        Range(node, at);
    });

    [Fact]
    public void An_instant_is_the_same_as_that_step_of_a_range() => Check((node, at) =>
    {
        if (AtRewrite.UsesQueryRange(node) || Instant(node, at) is not { } instant || Range(node, at) is not { } range)
        {
            return;
        }

        Assert.Null(ResultCheck.Middle(Expected(instant), at, range));
    });

    [Fact]
    public void What_is_fixed_in_time_is_the_same_whenever_it_is_asked() => Check((node, at) =>
    {
        if (AtRewrite.Fix(node, at) is not { } fixedNode || Instant(fixedNode, at) is not { } now)
        {
            return;
        }

        QueryValue? later = Instant(fixedNode, at + TimeSpan.FromMinutes(7));
        Assert.NotNull(later);
        Assert.Null(ResultCheck.Instant(Expected(now), later));
    });

    private static ScriptStore Loaded(string script)
    {
        var store = new ScriptStore();
        store.Load((LoadCommand)ScriptReader.Read("random", script).Commands.Single());
        return store;
    }

    private static void Check(Action<Expr, Timestamp> property) =>
        Prop.ForAll(
            Arb.From(Expressions.Any(Depth)),
            Arb.From(Gen.Choose(0, 30).Select(half => new Timestamp(half * 30_000L))),
            (node, at) =>
            {
                // Places in the text are part of a tree that is parsed.
                string text = Printer.Print(node);
                try
                {
                    property(Parser.Parse(text, Settings), at);
                }
                catch (Exception e) when (e is not QueryException)
                {
                    throw new InvalidOperationException($"{text} at {at} ms: {e.Message}", e);
                }
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(Queries));

    private static QueryValue? Instant(Expr node, Timestamp at) =>
        Evaluated(Engine.InstantAsync(node, Printer.Print(node), at, Store, QueryRunOptions.Default, default));

    private static QueryValue? Range(Expr node, Timestamp middle)
    {
        TimeSpan minute = TimeSpan.FromMinutes(1);
        return Evaluated(Engine.RangeAsync(
            node, Printer.Print(node), middle - minute, middle + minute, minute, Store, QueryRunOptions.Default, default));
    }

    private static QueryValue? Evaluated(Task<QueryResult> run)
    {
        try
        {
            return run.GetAwaiter().GetResult().Value;
        }
        catch (QueryException)
        {
            return null;
        }
    }

    private static EvalExpectation Expected(QueryValue value) => value switch
    {
        ScalarValue scalar => new EvalExpectation { Scalar = scalar.Value },
        VectorValue vector => new EvalExpectation
        {
            Series = [.. vector.Samples.Select(s => new ScriptSeries(s.Labels, [new ScriptValue(false, s.Value, s.Histogram, s.Histogram is not null)]))],
        },
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };
}
