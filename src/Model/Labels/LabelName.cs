namespace Pleiad.Model;

/// <summary>Names of labels: the ones with a meaning, and which names are valid.</summary>
public static class LabelName
{
    /// <summary>Holds the metric name.</summary>
    public const string MetricName = "__name__";

    /// <summary>The upper bound of a classic histogram's bucket.</summary>
    public const string Bucket = "le";

    /// <summary>The quantile of a summary's series.</summary>
    public const string Quantile = "quantile";

    /// <summary>The job a target belongs to.</summary>
    public const string Job = "job";

    /// <summary>The scraped host and port; the shard key (see <see cref="ShardMap"/>).</summary>
    public const string Instance = "instance";

    /// <summary>Where a target is scraped; starts with two underscores and is gone after relabelling.</summary>
    public const string Address = "__address__";

    /// <summary>Metric type when the feature type-and-unit-labels is on.</summary>
    public const string Type = "__type__";

    /// <summary>Metric unit when the feature type-and-unit-labels is on.</summary>
    public const string Unit = "__unit__";

    /// <summary>Whether a name may stand without quotes: <c>[a-zA-Z_][a-zA-Z0-9_]*</c>.</summary>
    public static bool IsLegacy(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || char.IsAsciiDigit(name[0]))
        {
            return false;
        }

        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a metric name may stand without quotes: <c>[a-zA-Z_:][a-zA-Z0-9_:]*</c>.</summary>
    public static bool IsLegacyMetric(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || char.IsAsciiDigit(name[0]))
        {
            return false;
        }

        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_' && c != ':')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a name is valid at all: not empty, and well-formed UTF-16 (so that it has a UTF-8 form).</summary>
    public static bool IsValid(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty)
        {
            return false;
        }

        for (int i = 0; i < name.Length; i++)
        {
            if (!char.IsSurrogate(name[i]))
            {
                continue;
            }

            if (!char.IsHighSurrogate(name[i]) || i + 1 == name.Length || !char.IsLowSurrogate(name[i + 1]))
            {
                return false;
            }

            i++;
        }

        return true;
    }
}
