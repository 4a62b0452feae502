using System.Text;

namespace Pleiad.Kernel;

/// <summary>Where an actor stands in the tree of its system, for instance <c>pleiad://node/user/scraping/target-7</c>.</summary>
/// <remarks>Two incarnations of one name have the same path; <see cref="ActorRef"/> tells them apart.</remarks>
public sealed class ActorPath : IEquatable<ActorPath>
{
    /// <summary>How deep actors may be nested.</summary>
    public const int DepthMax = 32;

    /// <summary>Characters in one name.</summary>
    public const int NameLengthMax = 512;

    private readonly int _hash;
    private string? _text;

    private ActorPath(string system, ActorPath? parent, string name)
    {
        System = system;
        Parent = parent;
        Name = name;
        Depth = parent is null ? 0 : parent.Depth + 1;
        _hash = HashCode.Combine(parent is null ? StringComparer.Ordinal.GetHashCode(system) : parent._hash, StringComparer.Ordinal.GetHashCode(name));
    }

    /// <summary>Name of the actor system.</summary>
    public string System { get; }

    /// <summary>Null for the root.</summary>
    public ActorPath? Parent { get; }

    /// <summary>The last part; empty for the root.</summary>
    public string Name { get; }

    /// <summary>0 for the root.</summary>
    public int Depth { get; }

    /// <summary>The path one step down.</summary>
    /// <exception cref="InvalidActorNameException">The name is empty, too long or has characters outside of <see cref="Escape"/>'s alphabet, or the tree is too deep.</exception>
    public ActorPath Child(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length is 0 or > NameLengthMax)
        {
            throw new InvalidActorNameException(name, $"a name has 1 to {NameLengthMax} characters");
        }

        foreach (char c in name)
        {
            if (!IsNameCharacter(c) && c != '%')
            {
                throw new InvalidActorNameException(name, $"the character '{c}' must be escaped");
            }
        }

        return Depth == DepthMax
            ? throw new InvalidActorNameException(name, $"actors are nested at most {DepthMax} deep")
            : new ActorPath(System, this, name);
    }

    /// <summary>Makes a name of any text: what is not an ASCII letter, digit or one of <c>-_.*$+:@&amp;=,!~';</c> becomes <c>%XX</c> of its UTF-8 bytes.</summary>
    /// <remarks>Different texts give different names. The alphabet is Akka's (RFC 2396 path segments).</remarks>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        StringBuilder? escaped = null;
        for (int i = 0; i < text.Length; i++)
        {
            if (IsNameCharacter(text[i]))
            {
                escaped?.Append(text[i]);
                continue;
            }

            escaped ??= new StringBuilder(text, 0, i, text.Length + 16);
            int length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) ? 2 : 1;
            foreach (byte b in Encoding.UTF8.GetBytes(text, i, length))
            {
                escaped.Append('%').Append(b.ToString("X2"));
            }

            i += length - 1;
        }

        return escaped?.ToString() ?? text;
    }

    /// <inheritdoc/>
    public bool Equals(ActorPath? other)
    {
        ActorPath? left = this;
        ActorPath? right = other;
        while (!ReferenceEquals(left, right))
        {
            if (left is null || right is null || left._hash != right._hash || left.Depth != right.Depth || left.Name != right.Name || left.System != right.System)
            {
                return false;
            }

            left = left.Parent;
            right = right.Parent;
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ActorPath other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>The whole path with scheme and system.</summary>
    public override string ToString() => _text ??= Parent is null ? $"pleiad://{System}" : $"{Parent}/{Name}";

    internal static ActorPath Root(string system) => new(system, parent: null, name: "");

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || "-_.*$+:@&=,!~';".Contains(c, StringComparison.Ordinal);
}
