using System.Globalization;
using Pleiad.Actors;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Gateway;

/// <summary><c>query</c>, <c>query_range</c> and <c>query_exemplars</c>.</summary>
internal sealed class QueryEndpoints(IQueryFrontend frontend, GatewaySettings settings, GatewayMetrics metrics, TimeProvider time)
{
    /// <summary>The warning about a list that was cut.</summary>
    public const string Truncated = "results truncated due to limit";

    /// <summary><c>/api/v1/query</c></summary>
    public async Task<ApiAnswer> InstantAsync(GatewayCall call, Parameters parameters)
    {
        int limit = parameters.Limit();
        Timestamp at = parameters.Time("time", Timestamp.From(time.GetUtcNow()));
        QueryOptions options = Options(parameters) with { KeepsMemory = true };
        try
        {
            QueryResult result = await frontend.InstantAsync(parameters.Get("query"), at, options, call.Cancel).ConfigureAwait(false);
            return Answer(result, limit, parameters);
        }
        catch (QueryException failure)
        {
            throw QueryErrors.Of(failure);
        }
    }

    /// <summary><c>/api/v1/query_range</c></summary>
    public async Task<ApiAnswer> RangeAsync(GatewayCall call, Parameters parameters)
    {
        int limit = parameters.Limit();
        (Timestamp start, Timestamp end, TimeSpan step) = RangeOf(parameters);
        QueryOptions options = Options(parameters) with { KeepsMemory = true };
        try
        {
            QueryResult result = await frontend
                .RangeAsync(parameters.Get("query"), start, end, step, options, call.Cancel).ConfigureAwait(false);
            return Answer(result, limit, parameters);
        }
        catch (QueryException failure)
        {
            throw QueryErrors.Of(failure);
        }
    }

    /// <summary><c>/api/v1/query_exemplars</c>: the exemplars of every series that the query selects anywhere.</summary>
    public async Task<ApiAnswer> ExemplarsAsync(GatewayCall call, Parameters parameters)
    {
        Timestamp start = parameters.Time("start", TimeText.Min);
        Timestamp end = parameters.Time("end", TimeText.Max);
        if (end < start)
        {
            throw new ApiException(ApiErrorKind.BadData, "end timestamp must not be before start timestamp");
        }

        IReadOnlyList<SeriesExemplars> found;
        try
        {
            Expr query = Parser.Parse(parameters.Get("query"), settings.Language);
            found = await frontend.ExemplarsAsync([.. SelectorsOf(query)], start, end, call.Cancel).ConfigureAwait(false);
        }
        catch (QueryException failure)
        {
            throw QueryErrors.Unnamed(failure);
        }

        return new ApiAnswer((text, cancel) => WriteExemplarsAsync(text, found, cancel), [], []);
    }

    private static IEnumerable<IReadOnlyList<Matcher>> SelectorsOf(Expr node) =>
        node is VectorSelector selector ? [selector.Matchers] : Children.Of(node).SelectMany(SelectorsOf);

    private static async ValueTask WriteExemplarsAsync(JsonText text, IReadOnlyList<SeriesExemplars> found, CancellationToken cancel)
    {
        text.ArrayStart();
        foreach (SeriesExemplars series in found)
        {
            text.ObjectStart().Name("seriesLabels"u8);
            PromJson.WriteLabels(text, series.Series);
            text.Name("exemplars"u8).ArrayStart();
            foreach (Exemplar exemplar in series.Exemplars)
            {
                text.ObjectStart().Name("labels"u8);
                PromJson.WriteLabels(text, exemplar.Labels);
                text.Name("value"u8).Value(exemplar.Value).Name("timestamp"u8).Seconds(exemplar.At?.Milliseconds ?? 0).ObjectEnd();
                await text.DrainIfLargeAsync(cancel).ConfigureAwait(false);
            }

            text.ArrayEnd().ObjectEnd();
        }

        text.ArrayEnd();
    }

    /// <summary><c>start</c>, <c>end</c> and <c>step</c>, checked.</summary>
    /// <exception cref="ApiException">One of them is missing or wrong, or there are too many steps.</exception>
    public (Timestamp Start, Timestamp End, TimeSpan Step) RangeOf(Parameters parameters)
    {
        Timestamp start = parameters.Time("start");
        Timestamp end = parameters.Time("end");
        if (end < start)
        {
            throw ApiException.Parameter("end", "end timestamp must not be before start time");
        }

        // The engine counts in milliseconds: a step below one would never arrive.
        TimeSpan step = parameters.RequiredDuration("step");
        if (step < TimeSpan.FromMilliseconds(1))
        {
            throw ApiException.Parameter(
                "step", "zero or negative query resolution step widths are not accepted. Try a positive integer");
        }

        if (((Int128)end.Milliseconds - start.Milliseconds) * TimeSpan.TicksPerMillisecond / step.Ticks <= settings.StepsMax)
        {
            return (start, end, step);
        }

        metrics.StepsLimited();
        throw new ApiException(
            ApiErrorKind.BadData,
            $"exceeded maximum resolution of {settings.StepsMax.ToString("N0", CultureInfo.InvariantCulture)} points per timeseries. "
            + "Try decreasing the query resolution (?step=XX)");
    }

    /// <summary><c>timeout</c>, <c>lookback_delta</c>, <c>stats</c> and, of our own, <c>rollups</c> and <c>consistency</c>.</summary>
    /// <exception cref="ApiException">One of them is wrong.</exception>
    public static QueryOptions Options(Parameters parameters)
    {
        TimeSpan? timeout = parameters.Duration("timeout");
        string lookback = parameters.Get("lookback_delta");
        var plain = new QueryOptions(timeout, null) 
        {
            CountsSteps = parameters.Get("stats") == "all",
            IsStrong = parameters.Get("consistency") switch
            {
                "" => false,
                "strong" => true,
                _ => throw ApiException.Parameter("consistency", "there is strong (everything acknowledged before is seen, or the query is refused)"),
            },
            Rollups = parameters.Get("rollups") switch
            {
                "" => RollupMode.AsSet,
                "never" => RollupMode.Never,
                "gone" => RollupMode.WhereSamplesAreGone,
                "prefer" => RollupMode.Preferred,
                _ => throw ApiException.Parameter("rollups", "there are never (samples alone), gone (where samples are gone) and prefer"),
            },
        };
        if (lookback.Length == 0)
        {
            return plain;
        }

        return TimeText.ReadDuration(lookback, out TimeSpan delta) is { } problem
            ? throw new ApiException(ApiErrorKind.BadData, $"error parsing lookback delta duration: {problem}")
            : plain with { Lookback = delta > TimeSpan.Zero ? delta : null };
    }

    /// <summary>The whole result of a query without its figures.</summary>
    public static ApiAnswer AnswerOf(QueryResult result) => Answer(result, 0);

    private static ApiAnswer Answer(QueryResult result, int limit, Parameters parameters)
    {
        string stats = parameters.Get("stats");
        return stats switch
        {
            "" => Answer(result, limit),
            "true" or "all" => Answer(result, limit, result.Stats),
            _ => Answer(result, limit, result.Stats, OddStats(stats)),
        };
    }

    // The text of Prometheus, which is to refuse other values in its next major release.
    private static string OddStats(string stats) =>
        $"value {QuotedText.Of(stats)} for parameter \"stats\" is deprecated and will be rejected in the next major release, use \"true\" or \"all\"";

    private static ApiAnswer Answer(QueryResult result, int limit, QueryStats? stats = null, string? warning = null)
    {
        QueryValue value = Cut(result.Value, limit);
        List<string> warnings = [.. result.Warnings];
        if (!ReferenceEquals(value, result.Value))
        {
            warnings.Add(Truncated);
        }

        if (warning is not null)
        {
            warnings.Add(warning);
        }

        return new ApiAnswer(
            async (text, cancel) =>
            {
                text.ObjectStart();
                await PromJson.WriteResultAsync(text, value, cancel).ConfigureAwait(false);
                if (stats is not null)
                {
                    QueryStatsText.Write(text, stats);
                }

                text.ObjectEnd();
            },
            warnings,
            result.Infos)
        {
            IsPartial = result.IsPartial,
            Held = result.Memory,
        };
    }

    private static QueryValue Cut(QueryValue value, int limit) => value switch
    {
        _ when limit == 0 => value,
        VectorValue vector when vector.Samples.Count > limit => new VectorValue([.. vector.Samples.Take(limit)]),
        MatrixValue matrix when matrix.Series.Count > limit => new MatrixValue([.. matrix.Series.Take(limit)]),
        _ => value,
    };
}
