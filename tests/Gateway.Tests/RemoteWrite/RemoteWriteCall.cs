using System.Net.Http.Headers;

namespace Pleiad.Gateway.Tests;

/// <summary>Sends bodies to the receiver of a running gateway.</summary>
internal static class RemoteWriteCall
{
    public const string Second = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

    public static Task<RunningGateway> ReceiverAsync(
        Func<RemoteWriteSettings, RemoteWriteSettings>? change = null, TimeProvider? time = null, FakeNode? node = null)
    {
        var settings = new RemoteWriteSettings { Enabled = true };
        return RunningGateway.StartAsync(gateway => gateway with { RemoteWrite = change?.Invoke(settings) ?? settings }, node, time);
    }

    /// <summary>Sends a message, compressed.</summary>
    public static Task<Written> WriteAsync(this RunningGateway gateway, byte[] message, bool second) =>
        gateway.WriteAsync(RemoteWriteMessages.Snappy(message), ("Content-Type", second ? Second : "application/x-protobuf"), ("Content-Encoding", "snappy"));

    /// <summary>Sends a body as it is.</summary>
    public static async Task<Written> WriteAsync(this RunningGateway gateway, byte[] body, params (string Name, string Value)[] headers)
    {
        using var content = new ByteArrayContent(body);
        foreach ((string name, string value) in headers)
        {
            content.Headers.TryAddWithoutValidation(name, value);
        }

        using HttpResponseMessage answer = await gateway.Client.PostAsync("/api/v1/write", content);
        return new Written((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers);
    }
}

/// <summary>What the receiver answered.</summary>
internal sealed record Written(int Status, string Text, HttpResponseHeaders Headers)
{
    /// <summary>The count of samples, histograms or exemplars that the answer says were written; null where it says nothing.</summary>
    public string? Count(string what) =>
        Headers.TryGetValues($"X-Prometheus-Remote-Write-{what}-Written", out IEnumerable<string>? values) ? values.Single() : null;
}
