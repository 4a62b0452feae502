using System.Text.Json;

namespace Pleiad.Gateway.Tests;

/// <summary>Reads answers.</summary>
internal static class Json
{
    /// <summary>The type and text of an error, and nothing but those.</summary>
    public static (string Type, string Error) ErrorOf(string body)
    {
        using JsonDocument parsed = JsonDocument.Parse(body);
        Assert.Equal(["status", "errorType", "error"], parsed.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal("error", parsed.RootElement.GetProperty("status").GetString());
        return (parsed.RootElement.GetProperty("errorType").GetString()!, parsed.RootElement.GetProperty("error").GetString()!);
    }

    /// <summary>The data of a success.</summary>
    public static JsonElement DataOf((int Status, string Body) answer)
    {
        Assert.True(answer.Status == 200, answer.Body);
        using JsonDocument parsed = JsonDocument.Parse(answer.Body);
        Assert.Equal("success", parsed.RootElement.GetProperty("status").GetString());
        return parsed.RootElement.GetProperty("data").Clone();
    }
}
