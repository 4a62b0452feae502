using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.Storage;
using Pleiad.TestKit;

namespace Pleiad.Actors.Tests;

/// <summary>
/// Reads that take what is there: a shard that has failed, or began anew, is recovered with less than it had, while everybody still takes it for what it was.
/// </summary>
public sealed class OrdinaryReadTests : IDisposable
{
    private readonly SharedJournal _journal = new() { CommitsAtOnce = true };
    private readonly CopyNode _first;
    private readonly CopyNode _second;
    private readonly CopyNode _third;

    public OrdinaryReadTests()
    {
        _first = new CopyNode(_journal);
        _second = new CopyNode(_journal);
        _third = new CopyNode(_journal);
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _third.Dispose();
    }

    [Fact]
    public async Task A_copy_that_has_failed_is_not_read_before_it_has_what_the_journal_has()
    {
        Write(1, 10);
        Follow(_second);
        Assert.Equal((10, false), await ReadAsync(_second, ShardRole.Follower));

        // Nothing was saved: it is recovered empty, and knows nothing of the journal before the next look at the rows.
        Fails(_second, () => _second.Shard.Tell(new Pushed([])));
        Assert.Equal((0, true), await ReadAsync(_second, ShardRole.Follower));
        Assert.Empty(_second.Samples());
        Assert.Equal(AppliedMarks.Unknown, _second.Journal.WholeSeq(0));
        Follow(_second);
        Assert.Equal((10, false), await ReadAsync(_second, ShardRole.Follower));
    }

    [Fact]
    public async Task A_copy_that_was_opened_while_others_have_what_the_rows_do_not_count_is_not_read_before_they_do()
    {
        Write(1, 10);
        bool isSpooled = true;
        int times = 0;
        _second.Host.MayBeSpooledElsewhere = () =>
        {
            Interlocked.Increment(ref times);
            return Task.FromResult(Volatile.Read(ref isSpooled));
        };
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                _second.Host.Follow(_journal.Row);
                _second.Test.Drain();
                return _second.Journal.AppliedSeq(0) == 10 && Volatile.Read(ref times) > 3;
            },
            TimeSpan.FromMinutes(1)));
        Assert.False(_second.Journal.IsWhole(0));
        Assert.Equal((0, true), await ReadAsync(_second, ShardRole.Follower));
        Volatile.Write(ref isSpooled, false);
        Follow(_second);
        Assert.Equal((10, false), await ReadAsync(_second, ShardRole.Follower));
    }

    [Fact]
    public async Task A_row_that_was_read_before_the_others_had_answered_makes_no_copy_whole()
    {
        Write(1, 10);
        var answer = new TaskCompletionSource<bool>();
        _second.Host.MayBeSpooledElsewhere = () => answer.Task;
        ShardOwnership before = _journal.Row;
        Until(_second, () => _second.Journal.AppliedSeq(0) == 10);

        // The row is read, the spools are drained, all say that they have nothing, and then only the row is handled.
        Write(11, 11);
        answer.SetResult(false);
        _second.Host.Follow(before);
        _second.Test.Drain();
        Assert.False(_second.Journal.IsWhole(0));
        Assert.Equal((0, true), await ReadAsync(_second, ShardRole.Follower));
        Follow(_second);
        Assert.Equal((11, false), await ReadAsync(_second, ShardRole.Follower));
    }

    [Fact]
    public async Task What_was_said_before_a_copy_was_opened_does_not_make_it_whole()
    {
        Write(1, 10);
        bool isSpooled = true;
        int times = 0;
        _second.Host.MayBeSpooledElsewhere = () =>
        {
            Interlocked.Increment(ref times);
            return Task.FromResult(Volatile.Read(ref isSpooled));
        };
        Until(_second, () => _second.Journal.AppliedSeq(0) == 10);

        // "No" is there, and the next row would be enough, when the copy fails; somebody spools something then.
        Volatile.Write(ref isSpooled, false);
        _second.Host.Follow(_journal.Row);
        long opening = _second.Journal.OpeningOf(0);
        Fails(_second, () => _second.Shard.Tell(new Pushed([])));
        Volatile.Write(ref isSpooled, true);
        int asked = Volatile.Read(ref times);
        Until(_second, () => _second.Journal.AppliedSeq(0) == 10 && Volatile.Read(ref times) > asked + 3);
        Assert.False(_second.Journal.IsWhole(0));

        // Nor does a look that the failure has overtaken.
        _second.Shard.Tell(new Follow(_journal.Row, false, opening));
        _second.Test.Drain();
        Assert.False(_second.Journal.IsWhole(0));
        Assert.Equal((0, true), await ReadAsync(_second, ShardRole.Follower));
        Volatile.Write(ref isSpooled, false);
        Follow(_second);
        Assert.Equal((10, false), await ReadAsync(_second, ShardRole.Follower));
    }

    [Fact]
    public async Task A_copy_behind_which_the_journal_was_cut_is_not_read_and_keeps_nothing_for_others()
    {
        Write(1, 3);
        Follow(_second);
        Write(4, 10);
        _journal.TrimmedThrough = 8;
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                _second.Host.Follow(_journal.Row);
                _second.Test.Drain();
                return !_second.Journal.IsWhole(0);
            },
            TimeSpan.FromMinutes(1)));
        Assert.False(_second.Journal.MarkOf(0).IsWhole);
        Assert.Equal((0, true), await ReadAsync(_second, ShardRole.Follower));
    }

    [Fact]
    public async Task A_leader_that_has_failed_is_not_read_before_it_leads_again()
    {
        Write(1, 10);
        Assert.Equal((10, false), await ReadAsync(_first, ShardRole.Leader));
        _first.Restart();
        Assert.Equal((0, true), await ReadAsync(_first, ShardRole.Leader));
        _first.Lead(_journal.Take());
        Assert.Equal((10, false), await ReadAsync(_first, ShardRole.Leader));
    }

    [Fact]
    public async Task A_copy_with_damaged_files_that_takes_the_lead_gives_no_whole_answer()
    {
        Write(1, 300);
        _first.Save();
        Assert.Equal((300, false), await ReadAsync(_first, ShardRole.Leader));
        Assert.True(_first.DamageChunks());
        _first.Journal.Copy = static (_, _, _, _) => Task.FromException(new IOException("no other node lives"));
        _first.Restart();
        _first.Lead(_journal.Take());
        Assert.True(_first.Samples().Count < 300);
        Assert.True((await ReadAsync(_first, ShardRole.Leader)).IsPartial);

        // Nothing that comes after makes up for it.
        _first.Send("a", 301, 301);
        Assert.Equal(1, _first.Writer.ExpectMsg<IngestOutcome>().Accepted);
        Assert.True((await ReadAsync(_first, ShardRole.Leader)).IsPartial);
        Assert.Equal(AppliedMarks.Unknown, _first.Journal.WholeSeq(0));
        Assert.Equal((301, AppliedMarks.Unknown), (_first.Journal.AppliedSeq(0), _first.Journal.SoundSeq(0)));
    }

    [Fact]
    public async Task A_copy_whose_damaged_files_were_put_aside_knows_what_it_lacks_however_often_it_is_opened()
    {
        Write(1, 10);
        Follow(_second);
        _second.Save();
        _first.Seal();
        Assert.True(_first.DamageBlocks());
        _first.Journal.Copy = static (_, _, _, _) => Task.FromException(new IOException("no other node lives"));
        for (int opened = 0; opened < 3; opened++)
        {
            // The first time finds the damage, and puts it aside.
            _first.Restart();
            Assert.Empty(_first.Samples());
            Assert.Equal(AppliedMarks.Unknown, _first.Journal.SoundSeq(0));
            Assert.True(_first.Files.Lacks);
        }

        Assert.Single(_first.PutAside, static name => name.EndsWith(".blk", StringComparison.Ordinal));
        _first.Journal.Copy = (_, _, _, into) => Task.Run(() => ShardCopies.CopyAll(_second.Files, into));
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                _first.Test.Advance(TimeSpan.FromSeconds(10));
                _first.Host.Follow(_journal.Row);
                _first.Test.Drain();
                return _first.Journal.AppliedSeq(0) == 10 && _first.Journal.IsWhole(0);
            },
            TestActorSystem.HangGuard));
        Assert.False(_first.Files.Lacks);
        Assert.Equal(_second.Samples(), _first.Samples());
        Assert.Equal((10, false), await ReadAsync(_first, ShardRole.Follower));
        _first.Restart();
        Follow(_first);
        Assert.Equal((10, false), await ReadAsync(_first, ShardRole.Follower));
    }

    [Fact]
    public void A_copy_with_damaged_rollups_lacks_them_and_takes_those_of_who_has_them()
    {
        var rollups = new RollupSettings { Tiers = [new RollupTier(TimeSpan.FromMilliseconds(20), TimeSpan.Zero)], Window = TimeSpan.FromMilliseconds(100) };
        using var leader = new CopyNode(_journal, rollups: rollups);
        using var copy = new CopyNode(_journal, rollups: rollups);
        leader.Lead(_journal.Take());
        WriteTo(leader, 1, 250);
        Follow(copy);
        leader.Save();
        copy.Seal();
        Assert.True(copy.DamageRollups());
        copy.Journal.Copy = static (_, _, _, _) => Task.FromException(new IOException("no other node lives"));
        Fails(copy, () => copy.Shard.Tell(new Pushed([])));
        Assert.Equal(250, copy.Samples().Count);
        Assert.True(copy.Files.Lacks);
        Assert.Equal(AppliedMarks.Unknown, copy.Journal.SoundSeq(0));
        Assert.Single(copy.PutAside, static name => name.Contains("rollup-", StringComparison.Ordinal));

        leader.Seal();
        copy.Journal.Copy = (_, _, _, into) => Task.Run(() => ShardCopies.CopyAll(leader.Files, into));
        Until(
            copy,
            () =>
            {
                copy.Test.Advance(TimeSpan.FromSeconds(10));
                return copy.Journal.SoundSeq(0) == 250 && copy.Journal.IsWhole(0);
            });
        Assert.False(copy.Files.Lacks);
        Assert.Contains(copy.Files.List(), static file => file.Name.StartsWith("rollup-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_damaged_is_not_put_aside_before_it_is_noted()
    {
        var disk = new FailingFiles();
        using var node = new CopyNode(_journal, disk);
        node.Lead(_journal.Take());
        node.Send("a", 1, 1);
        Assert.Equal(1, node.Writer.ExpectMsg<IngestOutcome>().Accepted);
        node.Save();
        node.Seal();
        Assert.True(node.DamageBlocks());
        for (int starts = 0; starts < 2; starts++)
        {
            disk.IsFull = true;
            await Assert.ThrowsAnyAsync<IOException>(node.OpenAnewAsync);
            Assert.Empty(node.PutAside);
            Assert.False(node.Files.Lacks);
        }

        disk.IsFull = false;
        for (int starts = 0; starts < 2; starts++)
        {
            Assert.True(await node.OpenAnewAsync());
            Assert.Single(node.PutAside);
            Assert.True(node.Files.Lacks);
        }
    }

    [Fact]
    public async Task A_copy_that_begins_anew_is_not_read_before_it_has_what_the_journal_has()
    {
        Write(1, 7);
        Follow(_third);
        Write(8, 10);
        Follow(_second);
        Assert.Equal((10, false), await ReadAsync(_second, ShardRole.Follower));
        _journal.LoseAfter(7);
        _third.Lead(_journal.Take());
        _third.Send("a", 88, 88);
        Assert.Equal(1, _third.Writer.ExpectMsg<IngestOutcome>().Accepted);
        _second.Journal.Forward = static batch =>
        {
            batch.Dispose();
            return Task.FromResult(IngestOutcome.Nothing);
        };

        // Twice: what went back is certain at the second look only.
        Fails(_second, () =>
        {
            _second.Host.Follow(_journal.Row);
            _second.Test.Drain();
            _second.Host.Follow(_journal.Row);
        });
        Assert.Equal((0, true), await ReadAsync(_second, ShardRole.Follower));
        Follow(_second);
        Assert.Equal((8, false), await ReadAsync(_second, ShardRole.Follower));
    }

    [Fact]
    public async Task A_shard_that_fails_on_another_node_while_it_is_looked_at_is_read_elsewhere()
    {
        Labels[] series = [Labels.From(("__name__", "m"), ("n", "0"))];
        await using var nodes = new QueryNodes(ListedSeries.Spread(series, 10, 1), [[1, 2]], nodes: 3, new QuerySettings { HedgeAfter = TimeSpan.FromHours(1) });
        bool isAsked = false;
        nodes[1].Viewing = _ => nodes[1].Marks.NoteClosed(0);
        nodes[2].Viewing = _ => Volatile.Write(ref isAsked, true);
        using QueryFrontend frontend = nodes[0].Frontend();
        QueryResult result = await frontend
            .InstantAsync("count(m)", new Timestamp(9 * ListedSeries.StepMs), default, CancellationToken.None).WaitAsync(TestActorSystem.HangGuard);
        Assert.False(result.IsPartial);
        Assert.Equal(1, ((VectorValue)result.Value).Samples.Single().Value);
        Assert.True(Volatile.Read(ref isAsked));
    }

    // How many samples an answer has, and whether it says that it is partial. No other node can be asked.
    private static async Task<(int Samples, bool IsPartial)> ReadAsync(CopyNode node, ShardRole role)
    {
        var map = new ShardMap(1);
        var places = new PublishedPlaces(
            new ShardPlaces(0, [new ShardPlace { Shard = 0, Epoch = 1, Here = role }]), node.Journal.ShardMarkOf, node.Journal.AppliedAsync, node.Journal.WholeFrom);
        var reads = new ClusterReads(new ShardDirectory(map, [node.Shard]), places, new QuerySettings(), TimeProvider.System);
        using var frontend = new QueryFrontend(
            new Engine(new EngineSettings(), TimeProvider.System), new ShardDirectory(map, []), new QuerySettings(), TimeProvider.System, new MemoryState(), reads);
        QueryResult result = await frontend
            .InstantAsync("sum(count_over_time({instance=\"a\"}[1m]))", new Timestamp(1000), default, CancellationToken.None).WaitAsync(TestActorSystem.HangGuard);
        return ((int)((VectorValue)result.Value).Samples.Sum(static sample => sample.Value), result.IsPartial);
    }

    // It is recovered from what it has saved, which is nothing.
    private static void Fails(CopyNode node, Action cause)
    {
        TestProbe news = node.Test.CreateProbe("news");
        news.Subscribe<ActorFailed>();
        cause();
        news.ExpectMsg<ActorFailed>();
        node.Test.Drain();
        node.Test.Advance(TimeSpan.FromMinutes(1));
    }

    private void Write(int from, int through)
    {
        if (_journal.Epoch == 0)
        {
            _first.Lead(_journal.Take());
        }

        WriteTo(_first, from, through);
    }

    private static void WriteTo(CopyNode leader, int from, int through)
    {
        for (int i = from; i <= through; i++)
        {
            leader.Send("a", i, i);
            Assert.Equal(1, leader.Writer.ExpectMsg<IngestOutcome>().Accepted);
        }
    }

    private void Until(CopyNode node, Func<bool> condition) => Assert.True(SpinWait.SpinUntil(
        () =>
        {
            node.Host.Follow(_journal.Row);
            node.Test.Drain();
            return condition();
        },
        TimeSpan.FromMinutes(1)));

    private void Follow(CopyNode node) => Assert.True(
        SpinWait.SpinUntil(
            () =>
            {
                node.Host.Follow(_journal.Row);
                node.Test.Drain();
                return node.Journal.IsWhole(0) && node.Journal.Applied(0) == (_journal.NextSeq - 1, _journal.Row.Hash);
            },
            TimeSpan.FromMinutes(1)),
        $"applied through {node.Journal.AppliedSeq(0)}, and the journal ends at {_journal.NextSeq - 1}");
}
