using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Pleiad.Outside.Tests;

/// <summary>Asks a server with Prometheus's HTTP API.</summary>
internal sealed class PromClient(string url) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(30) };

    public HttpClient Http => _http;

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using HttpResponseMessage answer = await _http.GetAsync("/-/ready");
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public async Task<JsonElement> DataAsync(string pathAndQuery)
    {
        using HttpResponseMessage answer = await _http.GetAsync(pathAndQuery);
        string body = await answer.Content.ReadAsStringAsync();
        using JsonDocument json = JsonDocument.Parse(body);
        Assert.True(json.RootElement.GetProperty("status").GetString() == "success", $"{pathAndQuery} answered {(int)answer.StatusCode}: {body}");
        return json.RootElement.GetProperty("data").Clone();
    }

    /// <summary>An instant vector as label text to value text.</summary>
    public async Task<Dictionary<string, string>> VectorAsync(string query, double? atSeconds = null)
    {
        string time = atSeconds is null ? string.Empty : "&time=" + atSeconds.Value.ToString("F3", CultureInfo.InvariantCulture);
        JsonElement data = await DataAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}{time}");
        var result = new Dictionary<string, string>();
        foreach (JsonElement sample in data.GetProperty("result").EnumerateArray())
        {
            result[SeriesText(sample.GetProperty("metric"))] = sample.GetProperty("value")[1].GetString()!;
        }

        return result;
    }

    /// <summary>The raw samples of a range selector: series text to (milliseconds, value text).</summary>
    public async Task<Dictionary<string, List<(long TimeMs, string Value)>>> RawAsync(string selectorWithRange, double atSeconds)
    {
        JsonElement data = await DataAsync(
            $"/api/v1/query?query={Uri.EscapeDataString(selectorWithRange)}&time={atSeconds.ToString("F3", CultureInfo.InvariantCulture)}");
        var result = new Dictionary<string, List<(long, string)>>();
        foreach (JsonElement series in data.GetProperty("result").EnumerateArray())
        {
            result[SeriesText(series.GetProperty("metric"))] =
                [.. series.GetProperty("values").EnumerateArray().Select(point => ((long)Math.Round(point[0].GetDouble() * 1000), point[1].GetString()!))];
        }

        return result;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Labels in order of names, with le and quantile as Prometheus 3 normalises them (2.x keeps what the page wrote).</summary>
    private static string SeriesText(JsonElement metric) => string.Join(',', metric.EnumerateObject()
        .OrderBy(label => label.Name, StringComparer.Ordinal)
        .Select(label => $"{label.Name}={Normalise(label.Name, label.Value.GetString()!)}"));

    private static string Normalise(string name, string value) =>
        name is "le" or "quantile" && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number.ToString("R", CultureInfo.InvariantCulture)
            : value;
}
