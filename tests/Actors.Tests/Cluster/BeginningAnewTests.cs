using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;
using Pleiad.TestKit;

namespace Pleiad.Actors.Tests;

/// <summary>A copy that has acknowledged what its journal does not have, in its spool and behind that in memory, on a disk that does not give all of it at once.</summary>
public sealed class BeginningAnewTests : IDisposable
{
    private readonly SharedJournal _journal = new() { CommitsAtOnce = true };
    private readonly FailingFiles _disk = new();
    private readonly VirtualTime _spoolTime = new();
    private readonly CopyNode _first;
    private readonly CopyNode _second;
    private readonly CopyNode _third;
    private int _reads;

    public BeginningAnewTests()
    {
        _first = new CopyNode(_journal);
        _second = new CopyNode(_journal, _disk, spoolTime: _spoolTime);
        _third = new CopyNode(_journal);
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _third.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public void Whichever_read_of_the_spool_fails_nothing_is_lost(int number)
    {
        Differs(read => read == number);
        Until(() => _third.Journal.AppliedSeq(0) >= 9 && !_second.Spool.Holds(0) && _second.Kept.List().Count == 0 && _third.Samples().Count == 17);
        Follow(_second);
        Assert.True(Volatile.Read(ref _reads) > number);
        Assert.Equal(Enumerable.Range(1, 15), Times());
    }

    [Fact]
    public void A_record_that_the_disk_does_not_give_any_more_costs_none_of_those_behind_it()
    {
        // All of it was looked at once; then it is gone for good.
        Differs(static read => read > 5);
        Until(() => _third.Journal.AppliedSeq(0) >= 9 && !_second.Spool.Holds(0) && _second.Kept.List().Count == 0 && _third.Samples().Count == 12);
        Follow(_second);
        Assert.Equal([.. Enumerable.Range(1, 7), 13, 14, 15], Times());
    }

    [Fact]
    public void As_long_as_the_disk_has_not_given_all_once_the_copy_stays_as_it_is()
    {
        Differs(static _ => true);
        Until(() => Volatile.Read(ref _reads) > 3);
        Assert.Equal(15, _second.Journal.AppliedSeq(0));
        Assert.Empty(_second.Kept.List());
        _disk.CannotRead = static _ => false;
        Until(() => !_second.Spool.Holds(0) && _second.Kept.List().Count == 0 && _third.Samples().Count == 17);
        Follow(_second);
        Assert.Equal(Enumerable.Range(1, 15), Times());
    }

    [Fact]
    public void Pieces_of_several_records_and_a_rest_are_files_of_their_own()
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 7);
        Follow(_third);
        Write(_first, 8, 12);
        int[] sizes = [.. _journal.Records(8).Select(static record => record.Payload.Length)];
        int piece = sizes[0] + sizes[1];
        using var copy = new CopyNode(_journal, againBytes: piece);
        Follow(copy);
        _journal.LoseAfter(7);
        _third.Lead(_journal.Take());
        Write(_third, 20, 21);
        Until(() => copy.Kept.List().Count > 0 && copy.Journal.AppliedSeq(0) is >= 0 and < 12, copy);
        IReadOnlyList<string> files = copy.Kept.List();
        (int pieces, int bytes, int rest) = (0, 0, 0);
        foreach (int size in sizes)
        {
            (bytes, rest) = (bytes + size, rest + 1);
            if (bytes >= piece)
            {
                (pieces, bytes, rest) = (pieces + 1, 0, 0);
            }
        }

        Assert.True(pieces > 1 && rest > 0);
        Assert.Equal(pieces + 1, files.Count);
        Assert.Equal(sizes.Length, files.Sum(file => copy.Kept.TryRead(file)!.Count));
        ForwardTo(_third, copy);
        Until(() => copy.Kept.List().Count == 0, copy);
        Assert.Equal([.. Enumerable.Range(1, 12), 20, 21], _third.Samples().Select(TimeOf).Order());
    }

    // The copy has 8 to 12 in its spool alone, and 13 to 15 in its memory alone; the third leads on from 7 with others in their place.
    private void Differs(Func<int, bool> fails)
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 7);
        Follow(_second);
        Follow(_third);
        long before = _journal.Row.Hash;
        Write(_first, 8, 15);
        IReadOnlyList<JournalRecord> records = _journal.Records(8);
        foreach (JournalRecord record in records.Take(5))
        {
            _second.Spool.Append([new SpooledRecord(0, record.Epoch, record.Seq, before, record.Hash, record.Payload)]);
            before = record.Hash;
        }

        _journal.LoseAfter(7);
        Until(() => _second.Journal.AppliedSeq(0) == 12);
        _second.Save();
        _second.RestartCopy();
        Until(() => _second.Journal.AppliedSeq(0) == 12);
        _second.Shard.Tell(new Pushed([.. records.Skip(5)]));
        Until(() => _second.Journal.AppliedSeq(0) == 15);
        _third.Lead(_journal.Take());
        Write(_third, 20, 21);
        ForwardTo(_third, _second);
        _disk.CannotRead = path => path.EndsWith(".spool", StringComparison.Ordinal) && fails(Interlocked.Increment(ref _reads));
    }

    private IEnumerable<int> Times() => _third.Samples().Select(TimeOf).Where(static time => time < 20).Order();

    private static int TimeOf(string sample) => int.Parse(sample.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    // An answer that comes too late for one batch is nobody's answer to the next.
    private static void ForwardTo(CopyNode leader, CopyNode from) => from.Journal.Forward = async batch =>
        (IngestOutcome)await leader.Shard.Ask<IAppendAnswer>(new AppendBatch(batch), TimeSpan.FromHours(1), CancellationToken.None);

    private static void Write(CopyNode node, int from, int through)
    {
        for (int i = from; i <= through; i++)
        {
            node.Send("a", i, i);
            Assert.Equal(1, node.Writer.ExpectMsg<IngestOutcome>().Accepted);
        }
    }

    // Behind that it has begun anew, and writes nothing more of what it had.
    private void Follow(CopyNode node) => Until(() => node.Journal.Applied(0) == (_journal.NextSeq - 1, _journal.Row.Hash), node);

    // What is read and written beside the actors ends when it ends; a copy that begins anew is started again.
    private void Until(Func<bool> condition, CopyNode? of = null) => Assert.True(
        SpinWait.SpinUntil(
            () =>
            {
                CopyNode node = of ?? _second;
                node.Host.Follow(_journal.Row);
                node.Test.Drain();
                node.Test.Advance(TimeSpan.FromSeconds(1));
                return condition();
            },
            TimeSpan.FromMinutes(1)),
        $"{_reads} reads, applied through {_second.Journal.AppliedSeq(0)}, {_second.Kept.List().Count} files kept");
}
