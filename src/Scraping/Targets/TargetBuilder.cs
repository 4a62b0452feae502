using System.Text;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>What became of a discovered target.</summary>
/// <param name="Target">The target; null where it was dropped or is not valid.</param>
/// <param name="DiscoveredLabels">Before relabelling.</param>
/// <param name="Problem">Why it is not valid, in Prometheus's words; null where it is, or was dropped.</param>
public readonly record struct TargetOutcome(Target? Target, Labels DiscoveredLabels, string? Problem)
{
    /// <summary>Whether relabelling dropped it.</summary>
    public bool IsDropped => Target is null && Problem is null;
}

/// <summary>Makes targets of what discovery found, by the rules of a job. Not thread-safe.</summary>
/// <remarks>As Prometheus 3: no default port is added to or taken from an address.</remarks>
public sealed class TargetBuilder
{
    // Characters that a path may have as they are (RFC 3986, pchar and '/'); a percent sign is data here and gets escaped.
    private static readonly System.Buffers.SearchValues<char> PathChars =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/");

    private static readonly UriCreationOptions UrlOptions = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly ScrapeConfig _config;
    private readonly LabelsBuilder _labels = new();
    private readonly string _interval;
    private readonly string _timeout;

    /// <summary>A builder of the targets of a job.</summary>
    public TargetBuilder(ScrapeConfig config)
    {
        _config = config;
        _interval = PrometheusDuration.Format(config.ScrapeInterval);
        _timeout = PrometheusDuration.Format(config.ScrapeTimeout);
    }

    /// <summary>Makes one target.</summary>
    /// <param name="own">Its labels, <c>__address__</c> among them.</param>
    /// <param name="group">Labels of its group; its own win.</param>
    public TargetOutcome Build(Labels own, Labels group)
    {
        _labels.Reset(group);
        foreach (Label label in own)
        {
            _labels.Set(label.Name, label.Value);
        }

        Complete();
        Labels discovered = _labels.ToLabels();
        if (!_config.TargetRelabelling.Apply(_labels))
        {
            return new TargetOutcome(null, discovered, null);
        }

        string? problem = Finish(out Target? target, discovered);
        return new TargetOutcome(target, discovered, problem);
    }

    private void Complete()
    {
        SetIfAbsent(LabelName.Job, _config.JobName);
        SetIfAbsent(TargetLabels.Interval, _interval);
        SetIfAbsent(TargetLabels.Timeout, _timeout);
        SetIfAbsent(TargetLabels.MetricsPath, _config.MetricsPath);
        SetIfAbsent(TargetLabels.Scheme, _config.Scheme);
        foreach ((string name, IReadOnlyList<string> values) in _config.Parameters)
        {
            if (values.Count > 0)
            {
                SetIfAbsent(TargetLabels.ParameterPrefix + name, values[0]);
            }
        }
    }

    private string? Finish(out Target? target, Labels discovered)
    {
        target = null;
        string address = _labels.Get(LabelName.Address);
        if (address.Length == 0)
        {
            return "no address";
        }

        if (address.Contains('/', StringComparison.Ordinal))
        {
            return $"{GoText.Quote(address)} is not a valid hostname";
        }

        if (ReadTimes(out TimeSpan interval, out TimeSpan timeout) is { } wrongTime)
        {
            return wrongTime;
        }

        _labels.RemoveAll(label => label.Name.StartsWith(TargetLabels.MetaPrefix, StringComparison.Ordinal));
        SetIfAbsent(LabelName.Instance, address);
        for (int i = 0; i < _labels.Count; i++)
        {
            if (!GoText.IsValid(_labels[i].Value))
            {
                return $"invalid label value for {GoText.Quote(_labels[i].Name)}: {GoText.Quote(_labels[i].Value)}";
            }
        }

        string scheme = _labels.Get(TargetLabels.Scheme);
        if (scheme is not ("http" or "https"))
        {
            return $"invalid scheme: {GoText.Quote(scheme)}";
        }

        string url = UrlOf(scheme, address);
        if (!Uri.TryCreate(url, in UrlOptions, out _))
        {
            return $"{GoText.Quote(address)} is not a valid hostname";
        }

        target = new Target(_config.JobName, discovered, _labels.ToLabels(), url, interval, timeout);
        return null;
    }

    private string? ReadTimes(out TimeSpan interval, out TimeSpan timeout)
    {
        timeout = default;
        string intervalText = _labels.Get(TargetLabels.Interval);
        string timeoutText = _labels.Get(TargetLabels.Timeout);
        try
        {
            interval = PrometheusDuration.Parse(intervalText);
        }
        catch (FormatException e)
        {
            interval = default;
            return $"error parsing scrape interval: {e.Message}";
        }

        if (interval == TimeSpan.Zero)
        {
            return "scrape interval cannot be 0";
        }

        try
        {
            timeout = PrometheusDuration.Parse(timeoutText);
        }
        catch (FormatException e)
        {
            return $"error parsing scrape timeout: {e.Message}";
        }

        if (timeout == TimeSpan.Zero)
        {
            return "scrape timeout cannot be 0";
        }

        return timeout > interval
            ? $"scrape timeout cannot be greater than scrape interval ({GoText.Quote(timeoutText)} > {GoText.Quote(intervalText)})"
            : null;
    }

    private string UrlOf(string scheme, string address)
    {
        var url = new StringBuilder(scheme).Append("://").Append(address);
        string path = _labels.Get(TargetLabels.MetricsPath);
        if (path.Length > 0 && path[0] != '/')
        {
            url.Append('/');
        }

        AppendPath(url, path);
        char separator = '?';
        foreach ((string name, IReadOnlyList<string> values) in Parameters())
        {
            foreach (string value in values)
            {
                url.Append(separator);
                AppendQuery(url, name);
                url.Append('=');
                AppendQuery(url, value);
                separator = '&';
            }
        }

        return url.ToString();
    }

    // A label stands for the first value of its parameter; parameters in order of names, as Go writes them.
    private SortedDictionary<string, IReadOnlyList<string>> Parameters()
    {
        var parameters = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach ((string name, IReadOnlyList<string> values) in _config.Parameters)
        {
            parameters[name] = values;
        }

        for (int i = 0; i < _labels.Count; i++)
        {
            if (_labels[i].Name.StartsWith(TargetLabels.ParameterPrefix, StringComparison.Ordinal))
            {
                string name = _labels[i].Name[TargetLabels.ParameterPrefix.Length..];
                parameters[name] = parameters.TryGetValue(name, out IReadOnlyList<string>? values) && values.Count > 1
                    ? [_labels[i].Value, .. values.Skip(1)]
                    : [_labels[i].Value];
            }
        }

        return parameters;
    }

    private static void AppendPath(StringBuilder url, string path)
    {
        if (path.AsSpan().IndexOfAnyExcept(PathChars) < 0)
        {
            url.Append(path);
            return;
        }

        foreach (byte b in Encoding.UTF8.GetBytes(path))
        {
            if (b < 0x80 && PathChars.Contains((char)b))
            {
                url.Append((char)b);
            }
            else
            {
                url.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }
    }

    private static void AppendQuery(StringBuilder url, string text) =>
        url.Append(Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal));

    private void SetIfAbsent(string name, string value)
    {
        if (!_labels.Has(name))
        {
            _labels.Set(name, value);
        }
    }
}
