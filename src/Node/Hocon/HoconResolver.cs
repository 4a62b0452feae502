using System.Text;

namespace Pleiad.Node;

/// <summary>
/// Resolves substitutions against the whole document. A value that refers to its own field sees what the field was before;
/// a path that nothing defines is looked for in the environment.
/// </summary>
/// <remarks>HOCON specification, "Substitutions", "Self-Referential Substitutions", "Include semantics: substitution".</remarks>
internal sealed class HoconResolver
{
    private readonly HoconObjectNode _root;
    private readonly Func<string, string?> _environment;

    // Values whose evaluation has begun and not ended.
    private readonly HashSet<HoconNode> _open = new(ReferenceEqualityComparer.Instance);
    private int _steps;
    private int _depth;

    private HoconResolver(HoconObjectNode root, Func<string, string?> environment)
    {
        _root = root;
        _environment = environment;
    }

    /// <summary>Resolves a document.</summary>
    /// <param name="root">An object, or an array that stands alone.</param>
    /// <param name="environment">The variable of a name, or null.</param>
    /// <exception cref="HoconException">A substitution that must be defined is not, or values that do not go together stand side by side.</exception>
    public static HoconValue Resolve(HoconNode root, Func<string, string?> environment) => root is HoconObjectNode node
        ? new HoconResolver(node, environment).ObjectOf([node])
        : new HoconResolver(new HoconObjectNode(root.Origin), environment).ValueOf(root) ?? throw Cycle(root);

    // An object from all its layers, oldest first; optional fields that are undefined are left out.
    private HoconObject ObjectOf(IReadOnlyList<HoconObjectNode> layers)
    {
        var value = new HoconObject(layers[^1].Origin);
        foreach (string key in layers.SelectMany(l => l.Keys).Distinct(StringComparer.Ordinal))
        {
            if (FieldOf([.. layers.SelectMany(l => l.ValuesOf(key))]) is { } field)
            {
                value.Set(key, field);
            }
        }

        return value;
    }

    // What a field is, from the values given to it, oldest first: the newest, and while it is an object those under it.
    private HoconValue? FieldOf(IReadOnlyList<HoconNode> values)
    {
        HoconObject? merged = null;
        var layers = new List<HoconObjectNode>();
        for (int i = values.Count - 1; i >= 0; i--)
        {
            if (values[i] is HoconObjectNode layer)
            {
                layers.Insert(0, layer);
                continue;
            }

            if (ValueOf(values[i]) is not { } value)
            {
                continue;
            }

            if (value is not HoconObject below)
            {
                // Something that is no object hides all that came before, and is itself hidden by an object that comes after.
                return Merged() ?? value;
            }

            merged = Overlay(below, Merged());
            layers.Clear();
        }

        return Merged();

        HoconObject? Merged() => layers.Count == 0 ? merged : Overlay(ObjectOf(layers), merged);
    }

    private static HoconObject Overlay(HoconObject below, HoconObject? above)
    {
        if (above is null)
        {
            return below;
        }

        var both = new HoconObject(above.Origin);
        foreach (string key in below.Keys)
        {
            both.Set(key, below.Get(key)!);
        }

        foreach (string key in above.Keys)
        {
            both.Set(key, above.Get(key) is HoconObject upper && below.Get(key) is HoconObject lower ? Overlay(lower, upper) : above.Get(key)!);
        }

        return both;
    }

    // Null where an optional substitution is undefined.
    private HoconValue? ValueOf(HoconNode node)
    {
        if (++_steps > HoconLimits.StepsMax)
        {
            throw new HoconException(node.Origin, $"substitutions lead to more than {HoconLimits.StepsMax} values");
        }

        switch (node)
        {
            case HoconScalarNode scalar:
                return new HoconScalar(scalar.Kind, scalar.Text, scalar.Origin);
            case HoconObjectNode layer:
                return ObjectOf([layer]);
            case HoconResolvedNode resolved:
                return resolved.Value;
            case HoconSpaceNode space:
                return new HoconScalar(HoconKind.String, space.Text, space.Origin);
        }

        if (!_open.Add(node))
        {
            // Reached through an array or object around it; the field itself was cut off before.
            throw Cycle(node);
        }

        if (++_depth > HoconLimits.ReferenceDepthMax)
        {
            throw new HoconException(node.Origin, $"more than {HoconLimits.ReferenceDepthMax} substitutions lead to each other");
        }

        HoconValue? value = node switch
        {
            HoconArrayNode array => new HoconArray([.. array.Elements.Select(ValueOf).OfType<HoconValue>()], array.Origin),
            HoconSubstitutionNode substitution => Substituted(substitution),
            HoconConcatNode concat => Concatenated(concat),
            _ => throw new InvalidOperationException($"a node of an unknown kind: {node.GetType().Name}"),
        };
        _depth--;
        _open.Remove(node);
        return value;
    }

    private HoconValue? Substituted(HoconSubstitutionNode substitution)
    {
        HoconIncludePoint point = substitution.Point;
        HoconValue? value = point.Parent is null ? null : Lookup(point.Base ?? _root, [.. point.Path, .. substitution.Path]);
        value ??= Lookup(_root, substitution.Path);
        if (value is null && _environment(string.Join('.', substitution.Path)) is { } variable)
        {
            value = new HoconScalar(HoconKind.String, variable, substitution.Origin);
        }

        if (value is null && !substitution.Optional)
        {
            throw new HoconException(substitution.Origin, $"${{{HoconPath.TextOf(substitution.Path)}}} is defined nowhere, or only in terms of itself");
        }

        return value;
    }

    private HoconValue? Lookup(HoconObjectNode from, IReadOnlyList<string> path)
    {
        IReadOnlyList<HoconNode> values = [from];
        foreach (string key in path)
        {
            // Only what is asked for is evaluated, so that a field may refer to its siblings.
            var inner = new List<HoconNode>();
            for (int i = values.Count - 1; i >= 0; i--)
            {
                if (values[i] is HoconObjectNode layer)
                {
                    inner.InsertRange(0, layer.ValuesOf(key));
                    continue;
                }

                if (ValueOf(values[i]) is not { } value)
                {
                    continue;
                }

                if (value is not HoconObject below)
                {
                    break;
                }

                if (below.Get(key) is { } found)
                {
                    inner.Insert(0, new HoconResolvedNode(found));
                }
            }

            values = Before(inner);
        }

        return values.Count == 0 ? null : FieldOf(values);
    }

    // A field that is being evaluated is seen as it was before the value under way.
    private IReadOnlyList<HoconNode> Before(List<HoconNode> values)
    {
        int open = values.FindIndex(_open.Contains);
        return open < 0 ? values : values[..open];
    }

    private HoconValue? Concatenated(HoconConcatNode concat)
    {
        var parts = new List<(HoconValue Value, bool IsSpace)>();
        foreach (HoconNode part in concat.Parts)
        {
            if (ValueOf(part) is { } value)
            {
                parts.Add((value, part is HoconSpaceNode));
            }
        }

        List<HoconValue> values = [.. parts.Where(p => !p.IsSpace).Select(p => p.Value)];
        if (values.Count == 0 || (values.Count == 1 && concat.Parts.Count(p => p is not HoconSpaceNode) > 1 && values[0].Kind is HoconKind.Array or HoconKind.Object))
        {
            return values.Count == 0 ? null : values[0];
        }

        if (values.TrueForAll(v => v.Kind == HoconKind.Object))
        {
            return values.Cast<HoconObject>().Aggregate((below, above) => Overlay(below, above));
        }

        if (values.TrueForAll(v => v.AsArray() is not null))
        {
            return new HoconArray([.. values.SelectMany(v => v.AsArray()!)], concat.Origin);
        }

        var text = new StringBuilder();
        foreach ((HoconValue value, _) in parts)
        {
            if (value is not HoconScalar scalar)
            {
                throw new HoconException(concat.Origin, $"{NameOf(value.Kind)} cannot stand beside {NameOf(values.Find(v => v.Kind != value.Kind)!.Kind)}");
            }

            if (text.Append(scalar.Text).Length > HoconLimits.StringCharsMax)
            {
                throw new HoconException(concat.Origin, $"a string grows longer than {HoconLimits.StringCharsMax} characters");
            }
        }

        return new HoconScalar(HoconKind.String, text.ToString(), concat.Origin);
    }

    private static string NameOf(HoconKind kind) => kind switch
    {
        HoconKind.Array => "an array",
        HoconKind.Object => "an object",
        HoconKind.Number => "a number",
        HoconKind.Boolean => "a boolean",
        HoconKind.Null => "null",
        _ => "a string",
    };

    private static HoconException Cycle(HoconNode node) => new(node.Origin, "a value is defined in terms of itself");

    // A value that was evaluated already, among others that were not.
    private sealed class HoconResolvedNode(HoconValue value) : HoconNode(value.Origin)
    {
        public HoconValue Value { get; } = value;
    }
}
