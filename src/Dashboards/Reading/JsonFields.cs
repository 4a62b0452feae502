using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>Members of objects whose writer is not known: what is missing or of another kind is null, never an exception.</summary>
internal static class JsonFields
{
    /// <summary>A member that is an object.</summary>
    public static JsonObject? Object(this JsonObject of, string name) => of[name] as JsonObject;

    /// <summary>A member that is an array.</summary>
    public static JsonArray? Array(this JsonObject of, string name) => of[name] as JsonArray;

    /// <summary>The elements of an array that are objects.</summary>
    public static IEnumerable<JsonObject> Objects(this JsonObject of, string name) => of.Array(name)?.OfType<JsonObject>() ?? [];

    /// <summary>A member that is a text.</summary>
    public static string? Text(this JsonObject of, string name) => of[name].AsText();

    /// <summary>A member that is a text which is not empty.</summary>
    public static string? Word(this JsonObject of, string name) => of.Text(name) is { Length: > 0 } text ? text : null;

    /// <summary>A member that is a finite number, or a text that holds one: old dashboards write both.</summary>
    public static double? Number(this JsonObject of, string name) => of[name].AsNumber();

    /// <summary>A member that is a boolean.</summary>
    public static bool? Flag(this JsonObject of, string name) => of[name] is JsonValue value
        ? value.GetValueKind() switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null }
        : null;

    /// <summary>Whether a member is there and true.</summary>
    public static bool IsOn(this JsonObject of, string name) => of.Flag(name) == true;

    /// <summary>A member that is an object, made where it is missing or of another kind.</summary>
    public static JsonObject Ensure(this JsonObject of, string name)
    {
        if (of.Object(name) is { } there)
        {
            return there;
        }

        var made = new JsonObject();
        of[name] = made;
        return made;
    }

    /// <summary>Likewise an array.</summary>
    public static JsonArray EnsureArray(this JsonObject of, string name)
    {
        if (of.Array(name) is { } there)
        {
            return there;
        }

        var made = new JsonArray();
        of[name] = made;
        return made;
    }

    /// <summary>Sets a member unless there is one that is not null.</summary>
    public static void Default(this JsonObject of, string name, JsonNode? value)
    {
        if (of[name] is null)
        {
            of[name] = value;
        }
    }

    /// <summary>Removes a member and hands it out, free to be put elsewhere.</summary>
    public static JsonNode? Take(this JsonObject of, string name) => of.Remove(name, out JsonNode? value) ? value : null;

    /// <summary>Removes members.</summary>
    public static void Drop(this JsonObject of, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            of.Remove(name);
        }
    }

    /// <summary>Moves a member to another object, unless it is null or not there.</summary>
    public static void Move(this JsonObject from, string name, JsonObject to, string? newName = null)
    {
        if (from.Take(name) is { } value)
        {
            to[newName ?? name] = value;
        }
    }

    /// <summary>A text; null where it is none.</summary>
    public static string? AsText(this JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>A finite number, or a text that holds one; else null.</summary>
    public static double? AsNumber(this JsonNode? node)
    {
        if (node is not JsonValue value)
        {
            return null;
        }

        string? text = value.GetValueKind() switch
        {
            JsonValueKind.Number => value.ToJsonString(),
            JsonValueKind.String => value.GetValue<string>(),
            _ => null,
        };
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;
    }

    /// <summary>A number or a text as the text it would be written as; null for everything else.</summary>
    public static string? AsScalarText(this JsonNode? node) => node is JsonValue value
        ? value.GetValueKind() switch
        {
            JsonValueKind.String => value.GetValue<string>(),
            JsonValueKind.Number => value.ToJsonString(),
            _ => null,
        }
        : null;
}
