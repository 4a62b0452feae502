using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors.Tests;

/// <summary>A leader that keeps records with copies of their shards, over real connections.</summary>
public sealed class ReplicatedSpoolTests : IAsyncLifetime
{
    private static readonly byte[] s_content = [1];

    private readonly TempDirectory _here = new();
    private readonly TempDirectory _there = new();
    private readonly DataDirectory _directory;
    private readonly DataDirectory _other;
    private readonly SpoolLog _spool;
    private readonly SpoolLog _copy;

    // Shard 0 with a copy at node 1, shard 1 with one at node 2, shard 2 with one at each. Shard 3 is nobody's matter.
    private readonly QueryNodes _nodes = new(ListedSeries.Spread([], 1, 4), [[0, 1], [0, 2], [0, 1, 2], [0]], nodes: 3);
    private readonly TaskCompletionSource _isAnswered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ReplicatedSpool _replicated;

    public ReplicatedSpoolTests()
    {
        _directory = DataDirectory.Open(new DiskFiles(), _here.Path, shardCount: 4);
        _other = DataDirectory.Open(new DiskFiles(), _there.Path, shardCount: 4);
        _spool = SpoolLog.Open(_directory, new SpoolSettings(), TimeProvider.System);
        _copy = SpoolLog.Open(_other, new SpoolSettings(), TimeProvider.System);
        _replicated = new ReplicatedSpool(_spool, _nodes[0].Places, TimeSpan.FromHours(1));
        _nodes[1].Instead = async message =>
        {
            await _isAnswered.Task;
            return SpoolWire.Answer([]);
        };
        var messages = new NodeMessages();
        new SpoolReceiver(_copy, _nodes[2].Places, static _ => new AppliedMark(0, 0, 1, IsWhole: true), static (_, _, _) => { }).AddTo(messages);
        _nodes[2].Instead = messages.HandleAsync;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _nodes.DisposeAsync();
        _spool.Dispose();
        _copy.Dispose();
        _directory.Dispose();
        _other.Dispose();
        _here.Dispose();
        _there.Dispose();
    }

    [Fact]
    public async Task A_copy_that_does_not_answer_delays_no_shard_that_another_keeps()
    {
        IReadOnlyList<Task<bool>> first = _replicated.Keep([Run(0, 1), Run(1, 1), Run(2, 1)]);
        Assert.True(await first[1].WaitAsync(TestActorSystem.HangGuard));
        Assert.True(await first[2].WaitAsync(TestActorSystem.HangGuard));
        IReadOnlyList<Task<bool>> second = _replicated.Keep([Run(1, 2), Run(2, 2)]);
        Assert.True(await second[0].WaitAsync(TestActorSystem.HangGuard));
        Assert.True(await second[1].WaitAsync(TestActorSystem.HangGuard));
        Assert.Equal([1L, 2], _copy.EntriesOf(2).Select(static entry => entry.Seq));
        Assert.False(first[0].IsCompleted);
        _isAnswered.SetResult();
        Assert.True(await first[0].WaitAsync(TestActorSystem.HangGuard));
    }

    [Fact]
    public async Task What_no_copy_keeps_is_not_kept_as_soon_as_all_have_said_so()
    {
        // It has something else under that number.
        _copy.Append([new SpooledRecord(1, 1, 1, 0, 4711, s_content)]);
        IReadOnlyList<Task<bool>> asked = _replicated.Keep([Run(0, 1), Run(1, 1)]);
        Assert.False(await asked[1].WaitAsync(TestActorSystem.HangGuard));
        Assert.False(asked[0].IsCompleted);

        // Nobody else has a copy of it, and the one that has is asked already.
        Assert.False(await _replicated.Keep([Run(0, 1)])[0].WaitAsync(TestActorSystem.HangGuard));
        _isAnswered.SetResult();
        Assert.True(await asked[0].WaitAsync(TestActorSystem.HangGuard));
    }

    private static SpoolRun Run(int shard, long seq)
    {
        long before = 0;
        for (long i = 1; i < seq; i++)
        {
            before = Next(before);
        }

        return new SpoolRun(new JournalRun(shard, 1, Guid.Empty, seq, [Next(before)], [s_content]), before, 0);
    }

    private static long Next(long hash) => (long)XxHash64.Of(s_content, (ulong)hash);
}
