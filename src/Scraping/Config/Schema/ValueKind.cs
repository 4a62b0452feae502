using System.Globalization;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>A kind of value: how it is read from YAML, what its zero is, and how it is written back.</summary>
internal abstract class ValueKind
{
    public static readonly ValueKind Text = new TextKind(null);
    public static readonly ValueKind File = new FileKind(null);
    public static readonly ValueKind Flag = new FlagKind(false);
    public static readonly ValueKind OpenFlag = new FlagKind(true);
    public static readonly ValueKind Int = new NumberKind(long.MinValue, long.MaxValue, "int");
    public static readonly ValueKind Uint = new NumberKind(0, long.MaxValue, "uint");
    public static readonly ValueKind Real = new RealKind();
    public static readonly ValueKind Duration = new DurationKind();
    public static readonly ValueKind Size = new SizeKind();
    public static readonly ValueKind Secret = new SecretKind();
    public static readonly ValueKind Url = new UrlKind();
    public static readonly ValueKind Texts = new ListKind(Text, null);
    public static readonly ValueKind Files = new ListKind(File, null);
    public static readonly ValueKind Secrets = new ListKind(Secret, null);
    public static readonly ValueKind TextMap = new MapKindOf(Text);
    public static readonly ValueKind TextsMap = new MapKindOf(Texts);

    /// <summary>A text that a function checks: it returns what is wrong, or null.</summary>
    public static ValueKind Checked(Func<string, string?> problem) => new TextKind(problem);

    /// <summary>A list of paths, each checked as it is written.</summary>
    public static ValueKind CheckedFiles(Func<string, string?> problem) => new ListKind(new FileKind(problem), null);

    /// <summary>A subsection, null where absent.</summary>
    public static ValueKind Section(ConfigShape shape) => new SectionKind(shape);

    /// <summary>A list of subsections.</summary>
    /// <param name="shape">Of each.</param>
    /// <param name="nullProblem">What is said of an empty entry.</param>
    public static ValueKind Sections(ConfigShape shape, string? nullProblem = null) => new ListKind(new SectionKind(shape), nullProblem);

    /// <summary>What an absent key counts as.</summary>
    public abstract object? Zero { get; }

    /// <summary>Reads a node that is not null.</summary>
    /// <returns>The value, or <see cref="Zero"/> after a misfit has been noted.</returns>
    public abstract object? Read(YamlNode node, string key, ConfigBinder binder);

    /// <summary>Reads a node; nothing at all is the zero.</summary>
    public virtual object? ReadOrZero(YamlNode node, string key, ConfigBinder binder) => node.IsNull ? Zero : Read(node, key, binder);

    /// <summary>Whether printing may leave it out.</summary>
    public virtual bool IsZero(object? value) => Equals(value, Zero);

    /// <summary>The value as a tree of texts, <see cref="YamlLiteral"/>, lists and entries for <see cref="YamlWriter"/>.</summary>
    public abstract object Plain(object? value);

    private sealed class TextKind(Func<string, string?>? problem) : ValueKind
    {
        public override object? Zero => string.Empty;

        // ~ and null are texts where a text is asked for.
        public override object? ReadOrZero(YamlNode node, string key, ConfigBinder binder) => Read(node, key, binder);

        public override object? Read(YamlNode node, string key, ConfigBinder binder)
        {
            if (node is not YamlScalar scalar)
            {
                binder.Misfit(node, key, "string");
                return Zero;
            }

            if (problem is not null && !node.IsNull && problem(scalar.Text) is { } wrong)
            {
                throw binder.Refuse(node.Line, key, wrong);
            }

            return problem is not null && node.IsNull ? Zero : scalar.Text;
        }

        public override object Plain(object? value) => value!;
    }

    private sealed class FileKind(Func<string, string?>? problem) : ValueKind
    {
        public override object? Zero => string.Empty;

        public override object? Read(YamlNode node, string key, ConfigBinder binder)
        {
            string path = (string)Text.Read(node, key, binder)!;
            return problem?.Invoke(path) is { } wrong ? throw binder.Refuse(node.Line, key, wrong) : binder.Resolve(path);
        }

        public override object Plain(object? value) => value!;
    }

    private sealed class FlagKind(bool mayBeOpen) : ValueKind
    {
        public override object? Zero => mayBeOpen ? null : false;

        public override object? Read(YamlNode node, string key, ConfigBinder binder)
        {
            if (node is YamlScalar { Kind: YamlScalarKind.Bool } scalar && YamlScalars.TryBool(scalar.Text, out bool value))
            {
                return value;
            }

            binder.Misfit(node, key, "bool");
            return Zero;
        }

        public override object Plain(object? value) => new YamlLiteral((bool)value! ? "true" : "false");
    }

    private sealed class NumberKind(long min, long max, string typeName) : ValueKind
    {
        public override object? Zero => 0L;

        public override object? Read(YamlNode node, string key, ConfigBinder binder)
        {
            if (node is YamlScalar { Kind: YamlScalarKind.Int } scalar
                && YamlScalars.TryInteger(scalar.Text, out Int128 value)
                && value >= min && value <= max)
            {
                return (long)value;
            }

            binder.Misfit(node, key, typeName);
            return Zero;
        }

        public override object Plain(object? value) => new YamlLiteral(((long)value!).ToString(CultureInfo.InvariantCulture));
    }

    private sealed class RealKind : ValueKind
    {
        public override object? Zero => 0d;

        public override object? Read(YamlNode node, string key, ConfigBinder binder)
        {
            if (node is YamlScalar { Kind: YamlScalarKind.Int or YamlScalarKind.Float } scalar)
            {
                if (YamlScalars.TryInteger(scalar.Text, out Int128 whole))
                {
                    return (double)whole;
                }

                if (YamlScalars.TryFloat(scalar.Text, out double value))
                {
                    return value;
                }
            }

            binder.Misfit(node, key, "float64");
            return Zero;
        }

        public override object Plain(object? value) => new YamlLiteral(((double)value!).ToString("R", CultureInfo.InvariantCulture));
    }

    private sealed class DurationKind : ValueKind
    {
        public override object? Zero => TimeSpan.Zero;

        public override object? Read(YamlNode node, string key, ConfigBinder binder)
        {
            if (node is not YamlScalar scalar)
            {
                binder.Misfit(node, key, "string");
                return Zero;
            }

            try
            {
                return PrometheusDuration.Parse(scalar.Text);
            }
            catch (FormatException e)
            {
                throw binder.Refuse(node.Line, key, e.Message);
            }
        }

        public override object Plain(object? value) => PrometheusDuration.Format((TimeSpan)value!);
    }

    private sealed class SizeKind : ValueKind
    {
        public override object? Zero => 0L;

        public override object? Read(YamlNode node, string key, ConfigBinder binder)
        {
            if (node is not YamlScalar scalar)
            {
                binder.Misfit(node, key, "units.Base2Bytes");
                return Zero;
            }

            return ByteSize.TryParse(scalar.Text, out long bytes, out string problem)
                ? bytes
                : throw binder.Refuse(node.Line, key, problem);
        }

        public override object Plain(object? value) => ByteSize.Format((long)value!);
    }

    private sealed class SecretKind : ValueKind
    {
        public override object? Zero => Scraping.Secret.None;

        public override object? Read(YamlNode node, string key, ConfigBinder binder)
        {
            if (node is YamlScalar scalar)
            {
                return new Secret(scalar.Text);
            }

            binder.Misfit(node, key, "config.Secret");
            return Zero;
        }

        public override object Plain(object? value) => value!.ToString()!;
    }

    private sealed class UrlKind : ValueKind
    {
        public override object? Zero => string.Empty;

        public override object? Read(YamlNode node, string key, ConfigBinder binder)
        {
            string url = (string)Text.Read(node, key, binder)!;
            return UrlText.Problem(url) is { } problem ? throw binder.Refuse(node.Line, key, problem) : url;
        }

        public override object Plain(object? value) => UrlText.Redact((string)value!);
    }

    private sealed class ListKind(ValueKind item, string? nullProblem) : ValueKind
    {
        public override object? Zero => Array.Empty<object?>();

        public override bool IsZero(object? value) => ((IReadOnlyList<object?>)value!).Count == 0;

        public override object? Read(YamlNode node, string key, ConfigBinder binder)
        {
            if (node is not YamlSequence sequence)
            {
                binder.Misfit(node, key, item is SectionKind section ? "[]" + section.TypeName : "[]string");
                return Zero;
            }

            var values = new object?[sequence.Items.Count];
            for (int i = 0; i < values.Length; i++)
            {
                YamlNode at = sequence.Items[i];
                string itemKey = $"{key}[{i}]";
                if (at.IsNull && item is SectionKind)
                {
                    throw binder.Refuse(at.Line, itemKey, nullProblem ?? "empty or null entry");
                }

                values[i] = item.ReadOrZero(at, itemKey, binder);
            }

            return values;
        }

        public override object Plain(object? value) => ((IReadOnlyList<object?>)value!).Select(item.Plain).ToList();
    }
}
