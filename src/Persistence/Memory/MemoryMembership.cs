using Pleiad.Kernel;

namespace Pleiad.Persistence;

internal sealed class MemoryMembership : IMembershipStore
{
    private readonly Lock _gate = new();
    private MembershipView _view = MembershipView.Empty;

    public ValueTask<MembershipView> ReadAsync(CancellationToken cancel)
    {
        lock (_gate)
        {
            return new ValueTask<MembershipView>(_view);
        }
    }

    public ValueTask<MembershipView?> TryChangeAsync(long seenVersion, IReadOnlyList<Member> changed, CancellationToken cancel)
    {
        lock (_gate)
        {
            return new ValueTask<MembershipView?>(_view.Version == seenVersion ? _view = _view.With(changed) : null);
        }
    }
}
