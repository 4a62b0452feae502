namespace Pleiad.Kernel;

/// <summary>Where the verdicts on nodes are kept: one view, replaced only by its successor.</summary>
public interface IMembershipStore
{
    /// <summary>The view as it stands; version 0 and empty at the beginning.</summary>
    /// <exception cref="ClusterStoreException">The store did not answer: that says nothing of any node.</exception>
    ValueTask<MembershipView> ReadAsync(CancellationToken cancel);

    /// <summary>Changes the view, if it is still the one that was seen.</summary>
    /// <param name="seenVersion">Of the view the change was decided on.</param>
    /// <param name="changed">Members as they shall be; those not named stay as they are, <see cref="MemberStatus.Removed"/> ones go.</param>
    /// <param name="cancel">Leaves open whether it was changed.</param>
    /// <returns>The new view with version <paramref name="seenVersion"/> + 1; null when somebody was faster.</returns>
    /// <exception cref="ClusterStoreException">What became of it is unknown: read.</exception>
    ValueTask<MembershipView?> TryChangeAsync(long seenVersion, IReadOnlyList<Member> changed, CancellationToken cancel);
}
