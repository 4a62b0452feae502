using System.Runtime.InteropServices;
using Pleiad.Actors;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Gateway;

/// <summary><c>status/…</c> and <c>features</c>.</summary>
internal sealed class StatusEndpoints(INodeStatus status, GatewaySettings settings, TimeProvider time)
{
    /// <summary><c>/api/v1/status/config</c></summary>
    public Task<ApiAnswer> ConfigAsync(GatewayCall call, Parameters parameters)
    {
        string yaml = status.ConfigurationYaml;
        return Task.FromResult(ApiAnswer.Of(text => text.ObjectStart().Name("yaml"u8).String(yaml).ObjectEnd()));
    }

    /// <summary><c>/api/v1/status/flags</c></summary>
    public Task<ApiAnswer> FlagsAsync(GatewayCall call, Parameters parameters) => Task.FromResult(ApiAnswer.Of(text =>
    {
        text.ObjectStart();
        foreach ((string flag, string value) in status.Flags.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            text.Name(flag).String(value);
        }

        text.ObjectEnd();
    }));

    /// <summary><c>/api/v1/status/runtimeinfo</c>; what only a Go program has is said with its nearest kin here, or empty.</summary>
    public Task<ApiAnswer> RuntimeAsync(GatewayCall call, Parameters parameters) => Task.FromResult(ApiAnswer.Of(text => text
        .ObjectStart()
        .Name("startTime"u8).String(TimeText.Write(status.StartedAt))
        .Name("CWD"u8).String(Environment.CurrentDirectory)
        .Name("hostname"u8).String(Environment.MachineName)
        .Name("serverTime"u8).String(TimeText.Write(time.GetUtcNow()))
        .Name("reloadConfigSuccess"u8).Bool(status.ReloadSucceeded)
        .Name("lastConfigTime"u8).String(TimeText.Write(status.ReloadedAt))
        .Name("corruptionCount"u8).Number(status.CorruptionCount)
        .Name("goroutineCount"u8).Number(ThreadPool.ThreadCount)
        .Name("GOMAXPROCS"u8).Number(Environment.ProcessorCount)
        .Name("GOMEMLIMIT"u8).Number(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
        .Name("GOGC"u8).String(string.Empty)
        .Name("GODEBUG"u8).String(string.Empty)
        .Name("storageRetention"u8).String(status.Retention)
        .ObjectEnd()));

    /// <summary><c>/api/v1/status/buildinfo</c>; without <c>features</c>, by which clients would take us for Mimir.</summary>
    public Task<ApiAnswer> BuildAsync(GatewayCall call, Parameters parameters) => Task.FromResult(ApiAnswer.Of(text => text
        .ObjectStart()
        .Name("version"u8).String(settings.Build.Version)
        .Name("revision"u8).String(settings.Build.Revision)
        .Name("branch"u8).String(settings.Build.Branch)
        .Name("buildUser"u8).String(settings.Build.BuildUser)
        .Name("buildDate"u8).String(settings.Build.BuildDate)
        .Name("goVersion"u8).String(RuntimeInformation.FrameworkDescription)
        .ObjectEnd()));

    /// <summary><c>/api/v1/status/tsdb</c></summary>
    public async Task<ApiAnswer> StorageAsync(GatewayCall call, Parameters parameters)
    {
        int top = CardinalityEndpoint.Top(parameters);
        StorageStatus storage = await CardinalityEndpoint.AskAsync(() => status.StorageAsync(top, call.Cancel)).ConfigureAwait(false);
        return ApiAnswer.Of(
            text =>
            {
                text.ObjectStart().Name("headStats"u8).ObjectStart()
                    .Name("numSeries"u8).Number(storage.Series)
                    .Name("numLabelPairs"u8).Number(storage.LabelPairs)
                    .Name("chunkCount"u8).Number(storage.Chunks)
                    .Name("minTime"u8).Number(storage.MinTimeMs)
                    .Name("maxTime"u8).Number(storage.MaxTimeMs)
                    .ObjectEnd();
                CardinalityEndpoint.WriteCounts(text, "seriesCountByMetricName"u8, storage.SeriesByMetric);
                CardinalityEndpoint.WriteCounts(text, "labelValueCountByLabelName"u8, storage.ValuesByLabel);
                CardinalityEndpoint.WriteCounts(text, "memoryInBytesByLabelName"u8, storage.BytesByLabel);
                CardinalityEndpoint.WriteCounts(text, "seriesCountByLabelValuePair"u8, storage.SeriesByPair);
                text.ObjectEnd();
            },
            storage.Warnings);
    }

    /// <summary><c>/api/v1/status/memory</c>, our own: what is in use, and what is given up for want of more.</summary>
    public Task<ApiAnswer> MemoryAsync(GatewayCall call, Parameters parameters)
    {
        MemoryStatus memory = status.Memory;
        return Task.FromResult(ApiAnswer.Of(text =>
        {
            text.ObjectStart()
                .Name("step"u8).String(NameOf(memory.Step))
                .Name("since"u8).String(TimeText.Write(memory.Since))
                .Name("usedBytes"u8).Number(memory.UsedBytes)
                .Name("limitBytes"u8).Number(memory.LimitBytes)
                .Name("steps"u8).ArrayStart();
            foreach ((MemoryStep step, double share) in ((MemoryStep, double)[])[
                (MemoryStep.CachesShrink, memory.Settings.CachesShrinkAt),
                (MemoryStep.QueriesRefused, memory.Settings.QueriesRefusedAt),
                (MemoryStep.SeriesRefused, memory.Settings.SeriesRefusedAt),
                (MemoryStep.WritesRefused, memory.Settings.WritesRefusedAt)])
            {
                text.ObjectStart().Name("step"u8).String(NameOf(step)).Name("atBytes"u8).Number((long)(share * memory.LimitBytes)).ObjectEnd();
            }

            text.ArrayEnd().ObjectEnd();
        }));
    }

    private static string NameOf(MemoryStep step) => step switch
    {
        MemoryStep.CachesShrink => "caches-shrink",
        MemoryStep.QueriesRefused => "queries-refused",
        MemoryStep.SeriesRefused => "series-refused",
        MemoryStep.WritesRefused => "writes-refused",
        _ => "calm",
    };

    /// <summary><c>/api/v1/status/walreplay</c>; the one of the API that answers before the node is ready.</summary>
    public Task<ApiAnswer> ReplayAsync(GatewayCall call, Parameters parameters)
    {
        ReplayProgress replay = status.Replay;
        string state = status.IsReady ? "done" : replay.SegmentsTotal == 0 ? "waiting" : "in progress";
        return Task.FromResult(ApiAnswer.Of(text => text.ObjectStart()
            .Name("min"u8).Number(0L)
            .Name("max"u8).Number(replay.SegmentsTotal)
            .Name("current"u8).Number(replay.SegmentsRead)
            .Name("state"u8).String(state)
            .ObjectEnd()));
    }

    /// <summary><c>/api/v1/scrape_pools/config</c></summary>
    public Task<ApiAnswer> PoolAsync(GatewayCall call, Parameters parameters)
    {
        string pool = parameters.Get("scrapePool");
        if (pool.Length == 0)
        {
            throw new ApiException(ApiErrorKind.BadData, "no scrapePool parameter provided");
        }

        string yaml = status.PoolYaml(pool) ?? throw new ApiException(ApiErrorKind.NotFound, $"scrape pool {QuotedText.Of(pool)} not found");
        return Task.FromResult(ApiAnswer.Of(text => text.ObjectStart().Name("yaml"u8).String(yaml).ObjectEnd()));
    }

    /// <summary><c>/api/v1/notifications</c>: what an operator should look at.</summary>
    public Task<ApiAnswer> NotificationsAsync(GatewayCall call, Parameters parameters)
    {
        DateTimeOffset? failed = status.ReloadFailedAt;
        return Task.FromResult(ApiAnswer.Of(text =>
        {
            text.ArrayStart();
            if (failed is not null)
            {
                text.ObjectStart().Name("text"u8).String("Configuration reload has failed.").Name("date"u8).String(TimeText.Write(failed)).Name("active"u8).Bool(true).ObjectEnd();
            }

            text.ArrayEnd();
        }));
    }

    /// <summary><c>/api/v1/features</c></summary>
    public Task<ApiAnswer> FeaturesAsync(GatewayCall call, Parameters parameters) =>
        Task.FromResult(ApiAnswer.Of(text => FeatureList.Write(text, settings)));
}
