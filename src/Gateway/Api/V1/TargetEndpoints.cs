using Pleiad.Actors;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Gateway;

/// <summary><c>targets</c>, <c>targets/metadata</c>, <c>metadata</c> and <c>scrape_pools</c>.</summary>
internal sealed class TargetEndpoints(ITargetCatalog catalog, ReceivedMetadata received)
{
    /// <summary><c>/api/v1/targets</c></summary>
    public async Task<ApiAnswer> TargetsAsync(GatewayCall call, Parameters parameters)
    {
        string pool = parameters.Get("scrapePool");
        string state = parameters.Get("state").ToLowerInvariant();
        bool all = state is "" or "any";
        IReadOnlyList<ActiveTarget> active = all || state == "active"
            ? await catalog.ActiveAsync(call.Cancel).ConfigureAwait(false)
            : [];
        bool showDropped = all || state == "dropped";
        IReadOnlyList<DroppedTarget> dropped = showDropped ? await catalog.DroppedAsync(call.Cancel).ConfigureAwait(false) : [];
        IReadOnlyDictionary<string, int> counts = showDropped
            ? await catalog.DroppedCountsAsync(call.Cancel).ConfigureAwait(false)
            : new Dictionary<string, int>();

        return new ApiAnswer(
            async (text, cancel) =>
            {
                text.ObjectStart().Name("activeTargets"u8).ArrayStart();
                foreach (ActiveTarget target in active.Where(t => pool.Length == 0 || t.Pool == pool).OrderBy(t => t.Pool, StringComparer.Ordinal))
                {
                    WriteActive(text, target);
                    await text.DrainIfLargeAsync(cancel).ConfigureAwait(false);
                }

                text.ArrayEnd().Name("droppedTargets"u8).ArrayStart();
                foreach (DroppedTarget target in dropped.Where(t => pool.Length == 0 || t.Pool == pool).OrderBy(t => t.Pool, StringComparer.Ordinal))
                {
                    text.ObjectStart().Name("discoveredLabels"u8);
                    PromJson.WriteLabels(text, target.DiscoveredLabels);
                    text.Name("scrapePool"u8).String(target.Pool).ObjectEnd();
                    await text.DrainIfLargeAsync(cancel).ConfigureAwait(false);
                }

                text.ArrayEnd().Name("droppedTargetCounts"u8).ObjectStart();
                foreach ((string name, int count) in counts.OrderBy(c => c.Key, StringComparer.Ordinal))
                {
                    text.Name(name).Number(count);
                }

                text.ObjectEnd().ObjectEnd();
            },
            [],
            []);
    }

    /// <summary><c>/api/v1/targets/metadata</c></summary>
    public async Task<ApiAnswer> TargetMetadataAsync(GatewayCall call, Parameters parameters)
    {
        long limit = OptionalCount(parameters, "limit");
        string metric = parameters.Get("metric");
        IReadOnlyList<Matcher> matchers = [];
        if (parameters.Get("match_target") is { Length: > 0 } selector)
        {
            try
            {
                matchers = Parser.ParseMatchers(selector);
            }
            catch (QueryException wrong)
            {
                throw QueryErrors.Unnamed(wrong);
            }
        }

        IReadOnlyList<TargetMetadata> all = await catalog.MetadataAsync(call.Cancel).ConfigureAwait(false);
        return new ApiAnswer(
            async (text, cancel) =>
            {
                text.ArrayStart();
                long written = 0;
                foreach (TargetMetadata target in all.OrderBy(t => t.Pool, StringComparer.Ordinal))
                {
                    // As in Prometheus the limit counts entries but stops between targets: it bounds how many are looked at.
                    if (limit >= 0 && written >= limit)
                    {
                        break;
                    }

                    if (!matchers.All(m => m.Matches(target.TargetLabels)))
                    {
                        continue;
                    }

                    foreach ((string family, MetricMetadata said) in Families(target, metric))
                    {
                        text.ObjectStart().Name("target"u8);
                        PromJson.WriteLabels(text, target.TargetLabels);
                        if (metric.Length == 0)
                        {
                            text.Name("metric"u8).String(family);
                        }

                        WriteMetadata(text, said);
                        text.ObjectEnd();
                        written++;
                        await text.DrainIfLargeAsync(cancel).ConfigureAwait(false);
                    }
                }

                text.ArrayEnd();
            },
            [],
            []);
    }

    /// <summary><c>/api/v1/metadata</c></summary>
    public async Task<ApiAnswer> MetadataAsync(GatewayCall call, Parameters parameters)
    {
        long limit = OptionalCount(parameters, "limit");
        long limitPerMetric = OptionalCount(parameters, "limit_per_metric");
        string metric = parameters.Get("metric");
        IReadOnlyList<TargetMetadata> all = await catalog.MetadataAsync(call.Cancel).ConfigureAwait(false);

        var families = new SortedDictionary<string, List<MetricMetadata>>(StringComparer.Ordinal);
        foreach ((string family, MetricMetadata said) in
            all.OrderBy(t => t.Pool, StringComparer.Ordinal).SelectMany(target => Families(target, metric)).Concat(received.Find(metric)))
        {
            if (!families.TryGetValue(family, out List<MetricMetadata>? known))
            {
                families.Add(family, known = []);
            }

            if (!known.Contains(said) && (limitPerMetric <= 0 || known.Count < limitPerMetric))
            {
                known.Add(said);
            }
        }

        return new ApiAnswer(
            async (text, cancel) =>
            {
                text.ObjectStart();
                foreach ((string family, List<MetricMetadata> known) in limit < 0 ? families : families.Take((int)Math.Min(limit, int.MaxValue)))
                {
                    text.Name(family).ArrayStart();
                    foreach (MetricMetadata said in known)
                    {
                        text.ObjectStart();
                        WriteMetadata(text, said);
                        text.ObjectEnd();
                    }

                    text.ArrayEnd();
                    await text.DrainIfLargeAsync(cancel).ConfigureAwait(false);
                }

                text.ObjectEnd();
            },
            [],
            []);
    }

    /// <summary><c>/api/v1/scrape_pools</c></summary>
    public Task<ApiAnswer> PoolsAsync(GatewayCall call, Parameters parameters)
    {
        IReadOnlyList<string> pools = catalog.Pools;
        return Task.FromResult(ApiAnswer.Of(text =>
        {
            text.ObjectStart().Name("scrapePools"u8).ArrayStart();
            foreach (string pool in pools.Order(StringComparer.Ordinal))
            {
                text.String(pool);
            }

            text.ArrayEnd().ObjectEnd();
        }));
    }

    private static void WriteActive(JsonText text, ActiveTarget target)
    {
        text.ObjectStart().Name("discoveredLabels"u8);
        PromJson.WriteLabels(text, target.DiscoveredLabels);
        text.Name("labels"u8);
        PromJson.WriteLabels(text, target.Labels);
        text.Name("scrapePool"u8).String(target.Pool)
            .Name("scrapeUrl"u8).String(target.ScrapeUrl)
            .Name("globalUrl"u8).String(target.GlobalUrl)
            .Name("lastError"u8).String(target.LastError)
            .Name("lastScrape"u8).String(TimeText.Write(target.LastScrape))
            .Name("lastScrapeDuration"u8).Number(target.LastScrapeDuration.TotalSeconds)
            .Name("health"u8).String(target.Health switch
            {
                TargetHealth.Up => "up",
                TargetHealth.Down => "down",
                _ => "unknown",
            })
            .Name("scrapeInterval"u8).String(PrometheusDuration.Format(target.Interval))
            .Name("scrapeTimeout"u8).String(PrometheusDuration.Format(target.Timeout))
            .ObjectEnd();
    }

    private static void WriteMetadata(JsonText text, MetricMetadata said) => text
        .Name("type"u8).String(said.Type.NameOf())
        .Name("help"u8).String(said.Help)
        .Name("unit"u8).String(said.Unit);

    private static IEnumerable<KeyValuePair<string, MetricMetadata>> Families(TargetMetadata target, string metric) =>
        metric.Length == 0 ? target.Families.OrderBy(f => f.Key, StringComparer.Ordinal)
        : target.Families.TryGetValue(metric, out MetricMetadata said) ? [new(metric, said)]
        : [];

    // Below zero for no limit, which is also what a missing parameter means.
    private static long OptionalCount(Parameters parameters, string name)
    {
        string text = parameters.Get(name);
        return text.Length == 0 ? -1
            : Parameters.ReadInteger(text, out long count) is null ? count
            : throw new ApiException(ApiErrorKind.BadData, $"{name} must be a number");
    }
}
