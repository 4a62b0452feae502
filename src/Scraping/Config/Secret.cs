namespace Pleiad.Scraping;

/// <summary>A password, token or key. Prints as <c>&lt;secret&gt;</c> wherever it is printed; only <see cref="Reveal"/> gives it away.</summary>
public sealed class Secret : IEquatable<Secret>
{
    /// <summary>What stands in place of a secret.</summary>
    public const string Mask = "<secret>";

    /// <summary>No secret.</summary>
    public static readonly Secret None = new(string.Empty);

    private readonly string _value;

    /// <summary>A secret of this value.</summary>
    public Secret(string value) => _value = value;

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _value.Length == 0;

    /// <summary>The value itself: for the header or handshake it is meant for, nothing else.</summary>
    public string Reveal() => _value;

    /// <inheritdoc/>
    public bool Equals(Secret? other) => other is not null && _value == other._value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Secret);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_value);

    /// <inheritdoc/>
    public override string ToString() => IsEmpty ? string.Empty : Mask;
}
