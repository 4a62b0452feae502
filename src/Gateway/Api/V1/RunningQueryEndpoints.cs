using System.Globalization;
using Pleiad.Actors;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Gateway;

/// <summary><c>queries</c>, <c>queries/{id}/cancel</c> and <c>explain</c>: endpoints of our own, in Prometheus's envelope.</summary>
internal sealed class RunningQueryEndpoints(IQueryFrontend frontend, IRunningQueries running, QueryEndpoints queries, TimeProvider time)
{
    /// <summary><c>GET /api/v1/queries</c>: what waits and runs on all nodes, and, unless <c>recent=false</c>, what ended lately.</summary>
    public async Task<ApiAnswer> QueriesAsync(GatewayCall call, Parameters parameters)
    {
        RunningQueries all = await running.AllAsync(Flag(parameters, "recent"), call.Cancel).ConfigureAwait(false);
        ILookup<bool, QueryRecord> records = all.Queries.ToLookup(record => record.State is QueryState.Waiting or QueryState.Running);
        return ApiAnswer.Of(
            text =>
            {
                text.ObjectStart().Name("running"u8);
                WriteAll(text, records[true]);
                text.Name("recent"u8);
                WriteAll(text, records[false]);
                text.ObjectEnd();
            },
            all.Warnings);
    }

    /// <summary><c>POST /api/v1/queries/{id}/cancel</c></summary>
    public async Task<ApiAnswer> CancelAsync(GatewayCall call, Parameters parameters)
    {
        int dash = call.Segment.LastIndexOf('-');
        string? node = dash < 0 ? null : call.Segment[..dash];
        if (!long.TryParse(call.Segment.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long id) || node?.Length == 0)
        {
            throw new ApiException(ApiErrorKind.BadData, $"a query has a number, in a cluster behind that of its node and a dash; got {QuotedText.Of(call.Segment)}");
        }

        try
        {
            return await running.CancelAsync(node, id, call.Cancel).ConfigureAwait(false)
                ? ApiAnswer.Of(text => text.ObjectStart().Name("id"u8).String(call.Segment).ObjectEnd())
                : throw new ApiException(ApiErrorKind.NotFound, $"no query {call.Segment} is waiting or running");
        }
        catch (QueryException failure)
        {
            throw QueryErrors.Of(failure);
        }
    }

    /// <summary><c>/api/v1/explain</c>: the plan; unless <c>run=false</c>, with what its nodes and the shards cost.</summary>
    public async Task<ApiAnswer> ExplainAsync(GatewayCall call, Parameters parameters)
    {
        QueryTimes times;
        if (parameters.Get("start").Length > 0 || parameters.Get("step").Length > 0)
        {
            (Timestamp start, Timestamp end, TimeSpan step) = queries.RangeOf(parameters);
            times = new QueryTimes(start, end, step);
        }
        else
        {
            times = QueryTimes.At(parameters.Time("time", Timestamp.From(time.GetUtcNow())));
        }

        bool run = Flag(parameters, "run");
        try
        {
            QueryExplanation explained = await frontend
                .ExplainAsync(parameters.Get("query"), times, run, QueryEndpoints.Options(parameters), call.Cancel).ConfigureAwait(false);
            QueryResult? result = explained.Result;
            return ApiAnswer.Of(text => Write(text, explained), result?.Warnings ?? []) with
            {
                Infos = result?.Infos ?? [],
                IsPartial = result?.IsPartial ?? false,
            };
        }
        catch (QueryException failure)
        {
            throw QueryErrors.Of(failure);
        }
    }

    private static bool Flag(Parameters parameters, string name) => parameters.Get(name) switch
    {
        "" or "true" => true,
        "false" => false,
        var other => throw ApiException.Parameter(name, $"true or false, got {QuotedText.Of(other)}"),
    };

    private static string IdOf(QueryRecord record) =>
        record.Node is { } node ? $"{node.Id}-{record.Id}" : record.Id.ToString(CultureInfo.InvariantCulture);

    private static void WriteAll(JsonText text, IEnumerable<QueryRecord> records)
    {
        text.ArrayStart();
        foreach (QueryRecord record in records)
        {
            text.ObjectStart().Name("id"u8).String(IdOf(record));
            if (record.Node is { } node)
            {
                text.Name("node"u8).String(node.Name);
            }

            text.Name("query"u8).String(record.Query)
                .Name("state"u8).String(StateOf(record.State));
            WriteTimes(text, record.Times);
            text.Name("startedAt"u8).String(TimeText.Write(record.Began))
                .Name("elapsedSeconds"u8).Number(record.Elapsed.TotalSeconds)
                .Name("samplesHeld"u8).Number(record.SamplesHeld)
                .Name("samplesPeak"u8).Number(record.SamplesPeak);
            if (record.ShardsAsked > 0)
            {
                text.Name("shardsDone"u8).Number(record.ShardsDone).Name("shardsAsked"u8).Number(record.ShardsAsked);
            }

            if (record is { SamplesTotal: { } samples, SeriesRead: { } series })
            {
                text.Name("samplesTotal"u8).Number(samples).Name("seriesRead"u8).Number(series);
            }

            if (record.Error.Length > 0)
            {
                text.Name("error"u8).String(record.Error);
            }

            text.ObjectEnd();
        }

        text.ArrayEnd();
    }

    private static string StateOf(QueryState state) => state switch
    {
        QueryState.Waiting => "waiting",
        QueryState.Running => "running",
        QueryState.Done => "done",
        QueryState.Canceled => "canceled",
        _ => "failed",
    };

    private static void WriteTimes(JsonText text, QueryTimes times)
    {
        if (times.Step is not { } step)
        {
            text.Name("time"u8).Seconds(times.Start.Milliseconds);
            return;
        }

        text.Name("start"u8).Seconds(times.Start.Milliseconds)
            .Name("end"u8).Seconds(times.End.Milliseconds)
            .Name("step"u8).Number(step.TotalSeconds);
    }

    private static void Write(JsonText text, QueryExplanation explained)
    {
        text.ObjectStart().Name("plan"u8);
        Write(text, explained.Plan);
        if (explained.Result is { Stats: var stats })
        {
            text.Name("stats"u8).ObjectStart()
                .Name("samplesTotal"u8).Number(stats.SamplesTotal)
                .Name("samplesPeak"u8).Number(stats.SamplesPeak)
                .Name("seriesRead"u8).Number(stats.SeriesRead)
                .Name("parseSeconds"u8).Number(stats.ParseTime.TotalSeconds)
                .Name("evalSeconds"u8).Number(stats.EvalTime.TotalSeconds)
                .ObjectEnd();
        }

        text.ObjectEnd();
    }

    // As deep as the query: the parser bounds it.
    private static void Write(JsonText text, ExplainedNode node)
    {
        text.ObjectStart().Name("operation"u8).String(node.Operation).Name("steps"u8).String(node.Steps);
        if (node.Cost is { } cost)
        {
            text.Name("seconds"u8).Number(cost.Time.TotalSeconds)
                .Name("series"u8).Number(cost.Series)
                .Name("samples"u8).Number(cost.Samples)
                .Name("bytes"u8).Number(cost.Bytes);
        }

        if (node.Shards.Count > 0)
        {
            QueryStatsText.WriteShards(text, node.Shards);
        }

        text.Name("inputs"u8).ArrayStart();
        foreach (ExplainedNode input in node.Inputs)
        {
            Write(text, input);
        }

        text.ArrayEnd().ObjectEnd();
    }
}
