using Pleiad.PromQL;

namespace Pleiad.Gateway;

/// <summary>What <c>/api/v1/features</c> says: what this program can do, in Prometheus's categories and names.</summary>
/// <remarks>A feature that is not named is not there. Names: Prometheus 3.14, "Features".</remarks>
internal static class FeatureList
{
    /// <summary>Writes the object.</summary>
    public static void Write(JsonText text, GatewaySettings settings)
    {
        PromQLFeatures language = settings.Language.Features;
        bool Has(PromQLFeatures feature) => (language & feature) != 0;

        text.ObjectStart();
        Category(
            text,
            "api",
            ("admin", settings.EnableAdminApi),
            ("exclude_alerts", true),
            ("label_values_match", true),
            ("lifecycle", settings.EnableLifecycle),
            ("otlp_write_receiver", false),
            ("query_stats", true),
            ("query_warnings", true),
            ("remote_write_receiver", settings.RemoteWrite.Enabled),
            ("search", false),
            ("time_range_labels", true),
            ("time_range_series", true));
        Category(text, "prometheus", ("agent_mode", false), ("auto_reload_config", false), ("server_mode", true));
        Category(
            text,
            "promql",
            ("anchored", Has(PromQLFeatures.ExtendedRangeSelectors)),
            ("at_modifier", true),
            ("bool", true),
            ("by", true),
            ("delayed_name_removal", Has(PromQLFeatures.DelayedNameRemoval)),
            ("duration_expr", true),
            ("fill", Has(PromQLFeatures.FillModifiers)),
            ("fill_left", Has(PromQLFeatures.FillModifiers)),
            ("fill_right", Has(PromQLFeatures.FillModifiers)),
            ("group_left", true),
            ("group_right", true),
            ("ignoring", true),
            ("negative_offset", true),
            ("offset", true),
            ("on", true),
            ("per_query_lookback_delta", true),
            ("per_step_stats", false),
            ("smoothed", Has(PromQLFeatures.ExtendedRangeSelectors)),
            ("subqueries", true),
            ("type_and_unit_labels", Has(PromQLFeatures.TypeAndUnitLabels)),
            ("without", true));
        Category(
            text,
            "promql_functions",
            [.. FunctionSignatures.Known.Select(f => (f.Name, !f.Experimental || Has(PromQLFeatures.ExperimentalFunctions)))]);
        Category(
            text,
            "promql_operators",
            [
                .. Operators.Select(name => (name, true)),
                ("limit_ratio", Has(PromQLFeatures.ExperimentalFunctions)),
                ("limitk", Has(PromQLFeatures.ExperimentalFunctions)),
            ]);
        Category(text, "rules", ("concurrent_rule_eval", false), ("keep_firing_for", false), ("query_offset", false));
        Category(text, "scrape", ("extra_scrape_metrics", false), ("start_timestamp_zero_ingestion", false), ("type_and_unit_labels", false));
        Category(text, "service_discovery_providers", ("file", true), ("static", true));
        Category(text, "tsdb", ("exemplar_storage", true), ("isolation", true), ("native_histograms", true));
        text.ObjectEnd();
    }

    private static readonly string[] Operators =
    [
        "!=", "!~", "%", "*", "+", "-", "/", "<", "</", "<=", "==", "=~", ">", ">/", ">=", "@", "^", "and", "atan2", "avg", "bottomk",
        "count", "count_values", "group", "max", "min", "or", "quantile", "stddev", "stdvar", "sum", "topk", "unless",
    ];

    private static void Category(JsonText text, string name, params (string Feature, bool On)[] features)
    {
        text.Name(name).ObjectStart();
        foreach ((string feature, bool on) in features.OrderBy(f => f.Feature, StringComparer.Ordinal))
        {
            text.Name(feature).Bool(on);
        }

        text.ObjectEnd();
    }
}
