using System.Globalization;

namespace Pleiad.Node;

/// <summary>
/// Hands out the values of keys as what a setting needs, and afterwards refuses keys that no setting asked for. Every complaint names key,
/// file and line.
/// </summary>
/// <param name="root">The resolved document: defaults with the user's file over them.</param>
internal sealed class HoconBinder(HoconObject root)
{
    // A typo is at most about this far from what was meant.
    private const int SuggestionDistanceMax = 4;

    private readonly SortedSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>The keys asked for so far, as paths.</summary>
    public IReadOnlyCollection<string> Asked => _asked;

    /// <summary>A text; may be empty.</summary>
    public string Text(string key) => Scalar(key, "a text").Text;

    /// <summary>One of some words.</summary>
    public string Word(string key, params ReadOnlySpan<string> words)
    {
        HoconScalar value = Scalar(key, "a word");
        return words.Contains(value.Text)
            ? value.Text
            : throw Wrong(key, value, $"one of {string.Join(", ", words.ToArray())}");
    }

    /// <summary><c>true</c>, <c>yes</c>, <c>on</c> or their opposites.</summary>
    public bool Flag(string key)
    {
        HoconScalar value = Scalar(key, "true or false");
        return value.Text switch
        {
            "true" or "yes" or "on" => true,
            "false" or "no" or "off" => false,
            _ => throw Wrong(key, value, "true or false"),
        };
    }

    /// <summary>A whole number without unit.</summary>
    public long Number(string key, long min, long max)
    {
        HoconScalar value = Scalar(key, "a whole number");
        return long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= min && number <= max
            ? number
            : throw Wrong(key, value, $"a whole number from {min} to {max}");
    }

    /// <summary>A whole number that fits 32 bits.</summary>
    public int Count(string key, int min, int max = int.MaxValue) => (int)Number(key, min, max);

    /// <summary>A duration such as <c>15d</c> or <c>200ms</c>.</summary>
    /// <param name="orZero">Whether zero is allowed below the smallest.</param>
    public TimeSpan Duration(string key, TimeSpan min, TimeSpan max, bool orZero = false)
    {
        HoconScalar value = Scalar(key, "a duration");
        return HoconUnits.Duration(value.Text) is { } duration && ((duration >= min && duration <= max) || (orZero && duration == TimeSpan.Zero))
            ? duration
            : throw Wrong(key, value, $"a duration from {TextOf(min)} to {TextOf(max)}{(orZero ? ", or 0" : string.Empty)}");
    }

    /// <summary>A size in bytes such as <c>64MiB</c>.</summary>
    public long Size(string key, long min, long max)
    {
        HoconScalar value = Scalar(key, "a size");
        return HoconUnits.Size(value.Text) is { } bytes && bytes >= min && bytes <= max
            ? (long)bytes
            : throw Wrong(key, value, $"a size from {TextOf(min)} to {TextOf(max)}");
    }

    /// <summary>Some texts.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        HoconValue value = Value(key);
        if (value.AsArray() is not { } elements)
        {
            throw Wrong(key, value, "an array of texts");
        }

        return [.. elements.Select(e => e is HoconScalar { Kind: not HoconKind.Null } text ? text.Text : throw Wrong(key, e, "a text"))];
    }

    /// <summary>What to throw where a value is of the right kind and still not right.</summary>
    public HoconException Wrong(string key, string expected) => Wrong(key, Value(key), expected);

    /// <summary>Refuses every key that was not asked for.</summary>
    /// <exception cref="HoconException">There is one; the nearest key that there is is suggested.</exception>
    public void RefuseOthers() => RefuseOthers(root, []);

    private void RefuseOthers(HoconObject at, List<string> path)
    {
        foreach (string name in at.Keys)
        {
            HoconValue value = at.Get(name)!;
            path.Add(name);
            string key = HoconPath.TextOf(path);
            if (!_asked.Contains(key))
            {
                if (value is not HoconObject inner || !_asked.Any(a => a.StartsWith(key + ".", StringComparison.Ordinal)))
                {
                    throw new HoconException(value.Origin, $"unknown key {key}{Suggestion(key)}");
                }

                RefuseOthers(inner, path);
            }

            path.RemoveAt(path.Count - 1);
        }
    }

    private string Suggestion(string key)
    {
        int depth = key.Count(c => c == '.') + 1;
        string? nearest = _asked
            .Select(a => string.Join('.', a.Split('.').Take(depth)))
            .Concat(_asked)
            .Distinct(StringComparer.Ordinal)
            .MinBy(a => Distance(a, key));
        return nearest is not null && Distance(nearest, key) <= SuggestionDistanceMax ? $"; did you mean {nearest}?" : string.Empty;
    }

    // Levenshtein, "Binary codes capable of correcting deletions, insertions, and reversals", 1966.
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int changed = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }

    private HoconScalar Scalar(string key, string expected) =>
        Value(key) is var value && value is HoconScalar { Kind: not HoconKind.Null } scalar ? scalar : throw Wrong(key, value, expected);

    private HoconValue Value(string key)
    {
        _asked.Add(key);
        string[] path = key.Split('.');
        for (int length = 1; length <= path.Length; length++)
        {
            HoconValue? value = root.Find(path.AsSpan(0, length));
            if (value is null)
            {
                break;
            }

            if (length == path.Length)
            {
                return value;
            }

            if (value is not HoconObject)
            {
                throw new HoconException(value.Origin, $"{string.Join('.', path[..length])} is a group of keys, not a value");
            }
        }

        throw new HoconException(root.Origin, $"the key {key} is missing");
    }

    private static HoconException Wrong(string key, HoconValue value, string expected)
    {
        string found = value switch
        {
            HoconScalar { Kind: HoconKind.Null } => "null",
            HoconScalar scalar => $"\"{scalar.Text}\"",
            HoconArray => "an array",
            _ => "an object",
        };
        return new HoconException(value.Origin, $"{key} must be {expected}, found {found}");
    }

    private static string TextOf(TimeSpan duration) => Model.PrometheusDuration.Format(duration);

    private static string TextOf(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        int unit = 0;
        while (unit < units.Length - 1 && bytes >= 1024 && bytes % 1024 == 0)
        {
            bytes /= 1024;
            unit++;
        }

        return bytes + units[unit];
    }
}
