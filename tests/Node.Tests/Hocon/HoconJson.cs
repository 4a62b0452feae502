using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pleiad.Node.Tests;

/// <summary>HOCON values as JSON, to compare them with what is expected.</summary>
internal static class HoconJson
{
    public static JsonNode? Of(HoconValue value) => value switch
    {
        HoconObject at => new JsonObject(at.Keys.Select(k => KeyValuePair.Create(k, Of(at.Get(k)!)))),
        HoconArray array => new JsonArray([.. array.Elements.Select(Of)]),
        HoconScalar { Kind: HoconKind.Null } => null,
        HoconScalar { Kind: HoconKind.Boolean } flag => JsonValue.Create(flag.Text == "true"),
        HoconScalar { Kind: HoconKind.Number } number => JsonValue.Create(double.Parse(number.Text, CultureInfo.InvariantCulture)),
        HoconScalar text => JsonValue.Create(text.Text),
        _ => throw new InvalidOperationException(),
    };

    public static HoconValue Resolve(string text, params (string Name, string Value)[] environment) =>
        HoconResolver.Resolve(new HoconFiles().Parse(text, "test.conf"), Environment(environment));

    public static HoconValue ResolveFile(string path, params (string Name, string Value)[] environment) =>
        HoconResolver.Resolve(new HoconFiles().Load(path), Environment(environment));

    public static Func<string, string?> Environment(params (string Name, string Value)[] variables) =>
        name => variables.Where(v => v.Name == name).Select(v => v.Value).FirstOrDefault();

    /// <summary>Equal by value; 42 and 42.0 are the same number.</summary>
    public static bool Same(JsonNode? left, JsonNode? right) => (left, right) switch
    {
        (null, null) => true,
        (JsonObject a, JsonObject b) => a.Count == b.Count && a.All(f => b.ContainsKey(f.Key) && Same(f.Value, b[f.Key])),
        (JsonArray a, JsonArray b) => a.Count == b.Count && a.Zip(b).All(p => Same(p.First, p.Second)),
        (JsonValue a, JsonValue b) => Comparable(a).Equals(Comparable(b)),
        _ => false,
    };

    private static object Comparable(JsonValue value) => value.GetValueKind() switch
    {
        JsonValueKind.Number => double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture),
        JsonValueKind.String => value.GetValue<string>(),
        var kind => kind,
    };
}
