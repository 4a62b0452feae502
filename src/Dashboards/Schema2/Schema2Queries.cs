using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>Queries of schema v2, and the data sources they name.</summary>
internal static class Schema2Queries
{
    /// <summary>A target of the classic form.</summary>
    public static JsonNode Target(JsonObject kind)
    {
        JsonObject spec = kind.Take("spec") as JsonObject ?? [];
        JsonObject query = spec.Take("query") as JsonObject ?? [];
        JsonObject target = query.Take("spec") as JsonObject ?? [];
        if (DataSource(spec, query) is { } source)
        {
            target["datasource"] = source;
        }

        target["refId"] = spec.Text("refId") ?? "A";
        target["hide"] = spec.IsOn("hidden");
        return target;
    }

    /// <summary>The data source of a query: named by <c>group</c> and <c>datasource.name</c>, before that by <c>kind</c> and a reference beside it.</summary>
    public static JsonObject? DataSource(JsonObject holder, JsonObject query)
    {
        if (holder.Object("datasource") is { } beside)
        {
            return (JsonObject)beside.DeepClone();
        }

        string? type = query.Text("kind") == "DataQuery" ? query.Word("group") : query.Word("kind");
        string? name = query.Object("datasource")?.Word("name");
        if (type is null && name is null)
        {
            return null;
        }

        var source = new JsonObject();
        if (type is not null)
        {
            source["type"] = type;
        }

        if (name is not null)
        {
            source["uid"] = name;
        }

        // A type without a name is the default source of that type; without a uid the classic form cannot say so of a single one.
        return name is null && type is "prometheus" ? null : source;
    }
}
