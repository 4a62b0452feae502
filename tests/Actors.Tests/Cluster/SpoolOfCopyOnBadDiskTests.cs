using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;
using Pleiad.TestKit;

namespace Pleiad.Actors.Tests;

/// <summary>A copy that has acknowledged records before the journal has them, on a disk that fails for a while, or gives back what nobody wrote.</summary>
public sealed class SpoolOfCopyOnBadDiskTests : IDisposable
{
    private readonly SharedJournal _journal = new() { CommitsAtOnce = true };
    private readonly FailingFiles _disk = new();
    private readonly VirtualTime _time = new();
    private readonly CopyNode _first;
    private readonly CopyNode _second;
    private readonly CopyNode _third;

    public SpoolOfCopyOnBadDiskTests()
    {
        _first = new CopyNode(_journal);

        // What it has in its spool it has nowhere else.
        _second = new CopyNode(_journal, _disk, recentBytesMax: 0, spoolTime: _time);
        _third = new CopyNode(_journal);
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _third.Dispose();
    }

    [Fact]
    public void A_damaged_record_of_what_is_applied_does_not_keep_its_copy_from_leading()
    {
        Spooled(8, 12);
        Until(_second, () => _second.Journal.AppliedSeq(0) == 12);
        _second.DamageSpool(10);
        long saved = -1;
        _journal.OnAdvance = () => saved = _second.SavedThrough();
        _second.Lead(_journal.Take());
        Assert.Equal(13, _journal.NextSeq);

        // From then on others take the journal for whole, and let go of what they have.
        Assert.Equal(12, saved);
        Write(_second, 13, 13);
        Assert.Equal(13, _second.Samples().Count);

        // The journal lacks some: others get them from files.
        Until(_second, () => _second.Journal.SavedSeq(0) >= 12);
    }

    [Fact]
    public void A_sector_that_cannot_be_read_any_more_does_not_keep_its_copy_from_leading_for_ever()
    {
        Spooled(8, 12);
        Until(_second, () => _second.Journal.AppliedSeq(0) == 12);
        int tries = 0;
        _disk.CannotRead = path => path.EndsWith(".spool", StringComparison.Ordinal) && ++tries > 0;
        for (int takes = 0; takes < 5; takes++)
        {
            Assert.ThrowsAny<Exception>(() => _second.Lead(_journal.Take()));
            Assert.Equal(8, _journal.NextSeq);
        }

        // As often as the cluster actor likes: not before it has been so for a while.
        _time.Advance(TimeSpan.FromSeconds(10));
        _second.Lead(_journal.Take());
        Assert.Equal(13, _journal.NextSeq);
        Assert.Equal(6, tries);
        Write(_second, 13, 13);
        Assert.Equal(13, _second.Samples().Count);
    }

    [Fact]
    public void What_is_before_a_damaged_record_goes_to_the_journal()
    {
        Spooled(8, 12);
        _second.DamageSpool(10);
        _second.Lead(_journal.Take());
        Assert.Equal(10, _journal.NextSeq);
        Assert.Equal(9, _second.Samples().Count);
        Assert.Equal(2, _second.PutAside.Count(static name => name.Contains("11", StringComparison.Ordinal) || name.Contains("12", StringComparison.Ordinal)));
        Follow(_third);
        Assert.Equal(_second.Samples(), _third.Samples());
    }

    [Fact]
    public void A_chain_that_nothing_leads_to_any_more_is_put_aside_and_holds_nothing_up()
    {
        Spooled(8, 12, keptFrom: 10);
        for (int looks = 0; looks < 10; looks++)
        {
            Look(_second);
        }

        // Its leader may be there still: what lies between is on its way.
        Assert.Equal(3, _second.Spool.EntriesOf(0).Count);
        Assert.Equal(7, _second.Journal.AppliedSeq(0));

        // Somebody else leads, and does not have it either.
        Follow(_third);
        _third.Lead(_journal.Take());
        for (int looks = 0; looks < 5; looks++)
        {
            Look(_second);
        }

        Assert.Equal(3, _second.Spool.EntriesOf(0).Count);
        Until(_second, () => !_second.Spool.Holds(0));
        Assert.Equal(3, _second.PutAside.Count());
        Write(_third, 20, 20);
        Follow(_second);
        Assert.Equal(8, _second.Samples().Count);
    }

    [Fact]
    public void A_disk_that_cannot_be_read_for_a_while_loses_nothing()
    {
        Spooled(8, 12);
        Until(_second, () => _second.Journal.AppliedSeq(0) == 12);
        Follow(_third);
        _third.Lead(_journal.Take());
        Write(_third, 20, 20);
        _second.Journal.Forward = async batch => (IngestOutcome)await _third.Shard.Ask<IAppendAnswer>(new AppendBatch(batch), TimeSpan.FromHours(1), CancellationToken.None);
        int refused = 0;
        _disk.CannotRead = path => path.EndsWith(".spool", StringComparison.Ordinal) && Interlocked.Increment(ref refused) > 0;
        Until(_second, () => Volatile.Read(ref refused) >= 3);
        Assert.True(_second.Spool.Holds(0));
        _disk.CannotRead = static _ => false;
        Until(_second, () => _third.Journal.AppliedSeq(0) >= 13 && !_second.Spool.Holds(0));
        Follow(_second);
        Assert.Equal(13, _third.Samples().Count);
        Assert.Equal(_third.Samples(), _second.Samples());
    }

    [Fact]
    public void While_a_copy_looks_for_what_it_had_beyond_nothing_more_of_that_term_is_kept()
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 12);
        Until(_second, () => _second.Journal.AppliedSeq(0) == 12);
        JournalRecord last = _journal.Records(12)[0];
        _journal.LoseAfter(7);
        Follow(_third);
        _third.Lead(_journal.Take());
        Write(_third, 20, 28);

        // A former leader that does not know: it goes on where the copy is, while that asks the journal.
        var places = new PublishedPlaces(new ShardPlaces(0, [new ShardPlace { Shard = 0, Epoch = 1, Here = ShardRole.Follower }]));
        var receiver = new SpoolReceiver(_second.Spool, places, _second.Journal.MarkOf, static (_, _, _) => { });
        byte[] payload = [1];
        var next = new SpoolNews(new SpooledRecord(0, 1, 13, last.Hash, (long)XxHash64.Of(payload, (ulong)last.Hash), payload), 12);
        IReadOnlyCollection<(int, long)>? refused = null;
        _journal.OnRead = () => refused ??= receiver.Keep([next]);
        Until(_second, () => refused is not null);
        Assert.Equal([(0, SpoolReceiver.NotHere)], refused!);
        Assert.False(_second.Spool.Holds(0));
    }

    private void Spooled(int from, int through, int keptFrom = 0)
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, from - 1);
        Follow(_second);
        long before = _journal.Row.Hash;
        Write(_first, from, through);
        foreach (JournalRecord record in _journal.Records(from))
        {
            if (record.Seq >= keptFrom)
            {
                _second.Spool.Append([new SpooledRecord(0, record.Epoch, record.Seq, before, record.Hash, record.Payload)]);
            }

            before = record.Hash;
        }

        _journal.LoseAfter(from - 1);
    }

    private static void Write(CopyNode node, int from, int through)
    {
        for (int i = from; i <= through; i++)
        {
            node.Send("a", i, i);
            Assert.Equal(1, node.Writer.ExpectMsg<IngestOutcome>().Accepted);
        }
    }

    private void Follow(CopyNode node) => Until(node, () => node.Journal.Applied(0) == (_journal.NextSeq - 1, _journal.Row.Hash));

    // What is read and written beside the actors ends when it ends; a copy that begins anew is started again.
    private void Until(CopyNode node, Func<bool> condition) => Assert.True(
        SpinWait.SpinUntil(
            () =>
            {
                Look(node);
                return condition();
            },
            TimeSpan.FromMinutes(1)),
        $"applied through {node.Journal.AppliedSeq(0)}, and the journal ends at {_journal.NextSeq - 1}");

    private void Look(CopyNode node)
    {
        node.Host.Follow(_journal.Row);
        node.Test.Drain();
        node.Test.Advance(TimeSpan.FromSeconds(1));
    }
}
