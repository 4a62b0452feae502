using System.Collections;
using System.Runtime.CompilerServices;
using Pleiad.Model;

namespace Pleiad.Storage.Tests;

/// <summary>A cursor that is not finished, because its query was cancelled meanwhile, neither keeps its view nor lets go of it for others.</summary>
public sealed class CursorHoldTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_query_that_is_cancelled_while_it_matches_leaves_the_holders_of_its_view_as_they_were(bool ofRollups)
    {
        var random = new Random(1);
        var node = new RollupNode(new FaultyFiles(), shardCount: 1);
        node.Storage.Start();
        for (int i = 0; i < 100; i++)
        {
            node.Write(random);
        }

        node.Settle();
        Shard shard = node.Storage.Data.Shards[0];
        ShardView view = shard.View();
        ViewPin pin = view.Pin;
        var ends = new TimeRange(1000, 1600);
        var request = new SelectRequest(new CancelledMatchers(), ends)
        {
            Rollup = ofRollups ? new RollupRequest(100, ends, RollupSeries.AllColumns, Prefers: true) : null,
        };
        Assert.Equal(ofRollups, request.Rollup is { } rollup && RollupCursor.LevelFor(rollup, pin) is not null);
        Cancel(view, request);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.False(pin.IsReleased);
        view.Dispose();
        Assert.True(pin.IsReleased);
        node.Storage.Kill();
    }

    // Of its own, so that nothing of the cursor is left on the stack.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Cancel(ShardView view, SelectRequest request) =>
        Assert.Throws<OperationCanceledException>(() => view.Select(request, CancellationToken.None).Dispose());

    private sealed class CancelledMatchers : IReadOnlyList<Matcher>
    {
        public int Count => throw new OperationCanceledException();

        public Matcher this[int index] => throw new OperationCanceledException();

        public IEnumerator<Matcher> GetEnumerator() => throw new OperationCanceledException();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
