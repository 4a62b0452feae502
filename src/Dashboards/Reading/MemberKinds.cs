using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>What a member of a dashboard has to be for whoever draws it.</summary>
internal enum MemberKind
{
    /// <summary>A text; a number is written as one.</summary>
    Text,

    /// <summary>A finite number; a text that holds one is read, yes is 1 and no is 0.</summary>
    Number,

    /// <summary>True or false, or the words for them.</summary>
    Flag,

    /// <summary>An object.</summary>
    Object,

    /// <summary>A list of objects; one object is a list of it, what else is in the list is left out.</summary>
    Objects,

    /// <summary>A list of texts; one text is a list of it.</summary>
    Texts,
}

/// <summary>Brings members of a dashboard to the kind they have to be of. Null is of every kind: nothing.</summary>
internal static class MemberKinds
{
    /// <summary>Changes a member that is of another kind, or takes it away where nothing can be made of it.</summary>
    /// <param name="of">Has the member, or not.</param>
    /// <param name="name">The member.</param>
    /// <param name="kind">What it has to be.</param>
    /// <returns>Whether something was lost.</returns>
    public static bool Fit(this JsonObject of, string name, MemberKind kind)
    {
        if (of[name] is not { } value || IsOf(value, kind))
        {
            return false;
        }

        JsonNode? fitting = Fitting(value, kind, out bool lost);
        if (fitting is null)
        {
            of.Remove(name);
            return true;
        }

        of[name] = fitting;
        return lost;
    }

    /// <summary>Likewise several of one kind.</summary>
    public static bool Fit(this JsonObject of, MemberKind kind, params ReadOnlySpan<string> names)
    {
        bool lost = false;
        foreach (string name in names)
        {
            lost |= of.Fit(name, kind);
        }

        return lost;
    }

    private static bool IsOf(JsonNode value, MemberKind kind) => kind switch
    {
        MemberKind.Text => value.GetValueKind() == JsonValueKind.String,
        MemberKind.Number => value.GetValueKind() == JsonValueKind.Number,
        MemberKind.Flag => value.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        MemberKind.Object => value is JsonObject,
        MemberKind.Objects => value is JsonArray list && list.All(static one => one is JsonObject),
        _ => value is JsonArray list && list.All(static one => one.AsText() is not null),
    };

    private static JsonNode? Fitting(JsonNode value, MemberKind kind, out bool lost)
    {
        lost = false;
        switch (kind)
        {
            case MemberKind.Text:
                return value.AsScalarText() is { } text ? JsonValue.Create(text) : null;
            case MemberKind.Number:
                return (value.AsNumber() ?? NumberOf(value.GetValueKind())) is { } number ? JsonValue.Create(number) : null;
            case MemberKind.Flag:
                return Flag(value);
            case MemberKind.Objects when value is JsonObject one:
                return new JsonArray(one.DeepClone());
            case MemberKind.Texts when value.AsText() is { } word:
                return new JsonArray(word);
            case MemberKind.Objects or MemberKind.Texts when value is JsonArray list:
                JsonNode?[] kept = [.. list.Where(one => kind == MemberKind.Objects ? one is JsonObject : one.AsText() is not null).Select(static one => one!.DeepClone())];
                lost = kept.Length < list.Count;
                return new JsonArray(kept);
            default:
                return null;
        }
    }

    private static double? NumberOf(JsonValueKind kind) => kind switch { JsonValueKind.True => 1, JsonValueKind.False => 0, _ => null };

    private static JsonValue? Flag(JsonNode value) => value.AsText() switch
    {
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ => value.AsNumber() is { } number && value.GetValueKind() == JsonValueKind.Number ? JsonValue.Create(number != 0) : null,
    };
}
