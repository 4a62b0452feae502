using System.Collections.Immutable;

namespace Pleiad.Kernel;

/// <summary>Who belongs to the cluster: versions have a total order, and a view is replaced only by a later one.</summary>
/// <param name="Version">Goes up by one with each change.</param>
/// <param name="Members">In the order of their incarnations.</param>
public sealed record MembershipView(long Version, ImmutableArray<Member> Members)
{
    /// <summary>Before the first change.</summary>
    public static readonly MembershipView Empty = new(0, []);

    /// <summary>Who is counted on.</summary>
    public IEnumerable<Member> Alive => Members.Where(static member => member.IsAlive);

    /// <summary>A member; null when the view does not have it.</summary>
    public Member? Find(NodeIncarnation incarnation) => Members.FirstOrDefault(member => member.Incarnation == incarnation);

    /// <summary>The view after a change.</summary>
    public MembershipView With(IReadOnlyList<Member> changed)
    {
        ImmutableArray<Member> members =
        [
            .. Members.Where(member => !changed.Any(next => next.Incarnation == member.Incarnation))
                .Concat(changed.Where(static next => next.Status != MemberStatus.Removed))
                .OrderBy(static member => member.Incarnation.Value),
        ];
        return new MembershipView(Version + 1, members);
    }

    /// <inheritdoc/>
    public bool Equals(MembershipView? other) => other is not null && Version == other.Version && Members.AsSpan().SequenceEqual(other.Members.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Version, Members.Length);
}
