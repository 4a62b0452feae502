using System.Text.Json;
using Pleiad.TestKit;
using Xunit;

namespace Pleiad.PromQL.Tests;

/// <summary>Tables of cases under conformance/promql.</summary>
internal static class PromQLCases
{
    /// <summary>Stands for all cases of a table that is not there.</summary>
    public const string Absent = "(no conformance data)";

    private static readonly Dictionary<string, JsonElement[]> Tables = [];

    public static IReadOnlyList<JsonElement> All(string file)
    {
        lock (Tables)
        {
            if (Tables.TryGetValue(file, out JsonElement[]? cases))
            {
                return cases;
            }

            cases = ConformanceData.Directory is null
                ? []
                : [.. JsonDocument.Parse(File.ReadAllBytes(ConformanceData.PathOf($"promql/{file}"))).RootElement.GetProperty("cases").EnumerateArray()];
            Tables.Add(file, cases);
            return cases;
        }
    }

    public static string Id(JsonElement one) => one.GetProperty("id").GetString()!;

    public static JsonElement Find(string file, string id)
    {
        Skip.If(id == Absent, ConformanceData.Absent);
        return All(file).Single(c => Id(c) == id);
    }
}
