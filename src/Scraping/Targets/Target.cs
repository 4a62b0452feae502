using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>Something that is scraped: where, how often, and which labels its series get. Immutable.</summary>
public sealed class Target : IEquatable<Target>
{
    internal Target(string pool, Labels discovered, Labels relabelled, string url, TimeSpan interval, TimeSpan timeout)
    {
        Pool = pool;
        DiscoveredLabels = discovered;
        Url = url;
        Interval = interval;
        Timeout = timeout;
        Key = TargetKey.Of(relabelled, url);
        Labels = new LabelsBuilder(relabelled)
            .RemoveAll(label => label.Name.StartsWith(TargetLabels.ReservedPrefix, StringComparison.Ordinal))
            .ToLabels();
    }

    /// <summary>The job of the configuration that it was found for; relabelling may have given it another label <c>job</c>.</summary>
    public string Pool { get; }

    /// <summary>Identity within the pool.</summary>
    public TargetKey Key { get; }

    /// <summary>Before relabelling, <c>__address__</c> and kin included.</summary>
    public Labels DiscoveredLabels { get; }

    /// <summary>What its series get: <c>job</c>, <c>instance</c> and whatever else relabelling left.</summary>
    public Labels Labels { get; }

    /// <summary>As fetched, parameters included.</summary>
    public string Url { get; }

    /// <summary>Between scrapes; above zero.</summary>
    public TimeSpan Interval { get; }

    /// <summary>Of one scrape; above zero, at most <see cref="Interval"/>.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The URL as seen from other machines: a loopback host is replaced.</summary>
    /// <param name="host">The name under which other machines know this one.</param>
    public string UrlSeenFromElsewhere(string host)
    {
        string address = UrlText.HostOf(Url);
        int colon = address.LastIndexOf(':');
        string name = colon > address.LastIndexOf(']') ? address[..colon] : address;
        if (name is not ("localhost" or "127.0.0.1" or "[::1]"))
        {
            return Url;
        }

        int start = Url.IndexOf("//", StringComparison.Ordinal) + 2;
        return string.Concat(Url.AsSpan(0, start), host, Url.AsSpan(start + name.Length));
    }

    /// <inheritdoc/>
    public bool Equals(Target? other) => other is not null && Key == other.Key && Pool == other.Pool;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Target);

    /// <inheritdoc/>
    public override int GetHashCode() => Key.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => $"{Pool} {Url}";
}
