using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;
using Pleiad.TestKit;

namespace Pleiad.Actors.Tests;

/// <summary>A journal that is not what it was: a failover lost its end, others wrote in its place, or a record is damaged.</summary>
public sealed class JournalAgreementTests : IDisposable
{
    private readonly SharedJournal _journal = new() { CommitsAtOnce = true };
    private readonly CopyNode _first;
    private readonly CopyNode _second;
    private readonly CopyNode _third;

    public JournalAgreementTests()
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
    public void A_journal_that_lost_its_end_is_given_it_again_before_anything_else_is_written()
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 10);
        Follow(_second);
        ShardOwnership before = _journal.Row;
        _journal.LoseAfter(7);
        Assert.Equal(8, _journal.NextSeq);
        _first.Lead(_journal.Take());
        Assert.Equal((11L, before.Hash), (_journal.NextSeq, _journal.Row.Hash));
        Write(_first, 11, 11);
        Follow(_second);
        Follow(_third);
        Assert.Equal(11, _first.Samples().Count);
        Assert.Equal(_first.Samples(), _second.Samples());
        Assert.Equal(_first.Samples(), _third.Samples());
    }

    [Fact]
    public void A_leader_notices_at_the_next_look_that_its_journal_went_back_even_when_nothing_is_written()
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 10);
        _first.Host.Watch(_journal.Row);
        _first.Host.Watch(_journal.Row);
        Assert.Empty(_first.TermsLost);
        _journal.LoseAfter(7);
        _first.Host.Watch(_journal.Row);
        Assert.Equal([1L], _first.TermsLost);
    }

    [Fact]
    public void A_copy_that_has_what_another_leader_did_not_goes_back_and_has_it_written_again()
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 7);
        Follow(_second);
        Follow(_third);
        _second.Save();
        _first.Send("b", 8, 8);
        Assert.Equal(1, _first.Writer.ExpectMsg<IngestOutcome>().Accepted);
        Write(_first, 9, 10);
        Follow(_second);
        Assert.Equal(10, _second.Samples().Count);
        _journal.LoseAfter(7);

        // The third has never had them, and goes on in their place.
        _third.Lead(_journal.Take());
        _third.Send("c", 8, 88);
        Assert.Equal(1, _third.Writer.ExpectMsg<IngestOutcome>().Accepted);
        _second.Journal.Forward = batch =>
        {
            _third.Writer.Send(_third.Shard, new AppendBatch(batch));
            return Task.FromResult(_third.Writer.ExpectMsg<IngestOutcome>());
        };
        BeginsAnew(_second);
        Until(_third, () => _third.Journal.AppliedSeq(0) == 11);
        Follow(_second);
        Assert.Equal(11, _third.Samples().Count);
        Assert.Contains("b 8 8", _third.Samples());
        Assert.Equal(_third.Samples(), _second.Samples());
    }

    [Fact]
    public void What_a_copy_has_beyond_its_journal_is_made_samples_of_and_kept_piece_by_piece()
    {
        using var copy = new CopyNode(_journal, againBytes: 1);
        _first.Lead(_journal.Take());
        Write(_first, 1, 7);
        Follow(copy);
        Follow(_third);
        copy.Save();

        // A series that the first of these records alone defines.
        for (int i = 8; i <= 11; i++)
        {
            _first.Send("b", i, i);
            Assert.Equal(1, _first.Writer.ExpectMsg<IngestOutcome>().Accepted);
        }

        Follow(copy);
        _journal.LoseAfter(7);
        _third.Lead(_journal.Take());
        _third.Send("c", 8, 88);
        Assert.Equal(1, _third.Writer.ExpectMsg<IngestOutcome>().Accepted);
        bool takes = false;
        copy.Journal.Forward = batch =>
        {
            if (!Volatile.Read(ref takes))
            {
                batch.Dispose();
                return Task.FromResult(IngestOutcome.Nothing with { Failure = "not yet" });
            }

            _third.Writer.Send(_third.Shard, new AppendBatch(batch));
            return Task.FromResult(_third.Writer.ExpectMsg<IngestOutcome>());
        };
        BeginsAnew(copy);
        Assert.Equal(4, copy.Kept.List().Count);
        Volatile.Write(ref takes, true);
        Until(
            copy,
            () =>
            {
                copy.Test.Advance(TimeSpan.FromSeconds(30));
                return copy.Kept.List().Count == 0;
            });
        _third.Test.Drain();
        Assert.Equal(["b 8 8", "b 9 9", "b 10 10", "b 11 11"], _third.Samples().Where(static sample => sample.StartsWith('b')).OrderBy(static sample => sample.Length).ThenBy(static sample => sample, StringComparer.Ordinal));
        Follow(copy);
        Assert.Equal(_third.Samples(), copy.Samples());
    }

    [Fact]
    public void A_snapshot_of_what_the_journal_does_not_have_is_put_aside()
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 7);
        Follow(_second);
        Follow(_third);
        Write(_first, 8, 10);
        Follow(_second);
        _second.Save();
        _journal.LoseAfter(7);
        _third.Lead(_journal.Take());
        Write(_third, 100, 100);
        _second.Journal.Forward = static batch =>
        {
            batch.Dispose();
            return Task.FromResult(IngestOutcome.Nothing);
        };
        BeginsAnew(_second);
        Follow(_second);
        Assert.Equal(8, _second.Samples().Count);
        Assert.Equal(_third.Samples(), _second.Samples());
        Assert.Contains(_second.PutAside, static name => name.EndsWith(".snap", StringComparison.Ordinal));
    }

    [Fact]
    public void Who_has_more_than_the_journal_but_not_the_records_any_more_moves_its_end_forward_and_is_copied_from()
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 5);
        Follow(_second);
        Write(_first, 6, 10);
        _first.Save();
        _first.Restart();
        _journal.LoseAfter(7);
        _first.Lead(_journal.Take());
        Assert.Equal(11, _journal.NextSeq);
        Write(_first, 11, 11);
        var asked = new System.Collections.Concurrent.ConcurrentQueue<long>();
        _second.Journal.Copy = (_, through, _, _) =>
        {
            asked.Enqueue(through);
            return Task.FromException(new IOException("not now"));
        };
        Until(_second, () => !asked.IsEmpty, follows: true);
        Assert.Equal([10L], asked.Distinct());
        Assert.Equal(11, _first.Samples().Count);
    }

    [Fact]
    public void A_record_that_cannot_be_read_is_put_aside_and_what_comes_after_it_is_kept()
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 4);
        _first.Send("a", 5, 5);
        Assert.Equal(1, _first.Writer.ExpectMsg<IngestOutcome>().Accepted);
        Write(_first, 6, 10);
        _journal.Damage(5);
        Follow(_second);
        Assert.Equal(_first.Samples().Where(static sample => sample != "a 5 5"), _second.Samples());
        Assert.Contains("shard-0000-000000000005.record", _second.PutAside);

        // It says what it lacks, now and after every start, and is in nobody's way for a hand-off.
        Assert.True(_second.Files.Lacks);
        Assert.Equal((10, AppliedMarks.Unknown, AppliedMarks.Unknown), (_second.Journal.AppliedSeq(0), _second.Journal.SoundSeq(0), _second.Host.HandOffSeq(0, ownerLeaves: true)));
        Assert.False(_second.Journal.IsWhole(0));

        // Whoever takes over is not held up by it.
        _second.Lead(_journal.Take());
        _first.Host.EndLead(0);
        Write(_second, 11, 11);
        Follow(_first);
        Assert.Equal(11, _first.Samples().Count);
    }

    [Fact]
    public void A_copy_that_passed_over_a_record_takes_the_files_of_who_has_it_as_soon_as_it_is_saved_there()
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 10);
        _journal.Damage(5);
        var asked = new System.Collections.Concurrent.ConcurrentQueue<(long Through, bool TakesLacking)>();
        _second.Journal.Copy = (_, through, takesLacking, into) =>
        {
            asked.Enqueue((through, takesLacking));
            return _first.Journal.SavedSeq(0) < through ? Task.FromException(new IOException("not saved")) : Task.Run(() => ShardCopies.CopyAll(_first.Files, into));
        };
        Follow(_second);
        Assert.True(_second.Files.Lacks);
        Write(_first, 11, 20);
        Follow(_second);
        _first.Save();
        Until(
            _second,
            () =>
            {
                _second.Test.Advance(TimeSpan.FromSeconds(10));
                return _second.Journal.SoundSeq(0) == 20 && _second.Journal.IsWhole(0);
            },
            follows: true);
        Assert.Equal(_first.Samples(), _second.Samples());
        Assert.False(_second.Files.Lacks);

        // The record itself first, and then whatever it had when it passed it over; files that lack samples too are no help.
        Assert.Equal([(5L, false), (5L, false)], asked.Distinct().Take(1).Concat(asked.Skip(1).Take(1)));
        Assert.DoesNotContain(asked, static one => one.TakesLacking);
    }

    [Fact]
    public void A_record_that_another_copy_has_is_not_put_aside()
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 10);
        _first.Save();
        _journal.Damage(5);
        _second.Journal.Copy = (_, _, _, into) => Task.Run(() =>
        {
            into.BeginCopy();
            foreach ((string name, long bytes) in _first.Files.List())
            {
                using IFile file = into.CreateCopy(name);
                var part = new byte[bytes];
                file.Append(part.AsSpan(0, _first.Files.Read(name, 0, part)));
                file.Flush();
            }
        });
        BeginsAnew(_second);
        Follow(_second);
        Assert.Equal(_first.Samples(), _second.Samples());
        Assert.Empty(_second.PutAside);
    }

    [Fact]
    public void Records_that_the_leader_sends_are_applied_without_a_look_at_the_journal()
    {
        var sent = new List<CommittedRecord>();
        _first.Journal.Committed = sent.Add;
        _first.Lead(_journal.Take());
        Write(_first, 1, 10);
        _journal.IsAway = true;
        IReadOnlyList<CommittedRecord> arrived = [.. RecordsWire.Write(sent).SelectMany(static message => RecordsWire.Read(message.Payload.Span, shards: 1))];
        JournalRecord[] records = [.. arrived.Select(static one => one.Record)];
        _second.Shard.Tell(new Pushed(records[..6]));
        _second.Shard.Tell(new Pushed(records[4..]));
        Until(_second, () => _second.Journal.AppliedSeq(0) == 10);
        Assert.Equal(10, _second.Journal.AppliedSeq(0));
        Assert.Equal(_first.Samples(), _second.Samples());

        // What was missed, or came damaged, comes from the journal.
        _journal.IsAway = false;
        _third.Shard.Tell(new Pushed([records[0] with { Payload = new byte[] { 1, 2, 3 } }, .. records[1..3]]));
        _third.Test.Drain();
        _third.Shard.Tell(new Pushed(records[7..]));
        Until(_third, () => _third.Journal.AppliedSeq(0) == 10);
        Assert.Equal(_first.Samples(), _third.Samples());
        Assert.Empty(_third.PutAside);
    }

    [Fact]
    public void Records_that_are_none_are_refused_and_many_are_several_messages()
    {
        byte[] payload = new byte[200_000];
        CommittedRecord[] records = [.. Enumerable.Range(1, 7).Select(seq => new CommittedRecord(3, new JournalRecord(seq, 2, seq * 11, payload)))];
        NodeMessage[] messages = [.. RecordsWire.Write([.. records, new CommittedRecord(3, new JournalRecord(8, 2, 88, new byte[RecordsWire.BytesMax]))])];
        Assert.Equal(4, messages.Length);
        CommittedRecord[] read = [.. messages.SelectMany(static message => RecordsWire.Read(message.Payload.Span, shards: 4))];
        Assert.Equal(records.Select(static one => (one.Shard, one.Record.Seq, one.Record.Epoch, one.Record.Hash)), read.Select(static one => (one.Shard, one.Record.Seq, one.Record.Epoch, one.Record.Hash)));
        Assert.Throws<IOException>(() => RecordsWire.Read(messages[0].Payload.Span, shards: 3));
        Assert.Throws<IOException>(() => RecordsWire.Read(messages[0].Payload.Span[..^1], shards: 4));
        Assert.Throws<IOException>(() => RecordsWire.Read([9], shards: 4));
        Assert.Throws<IOException>(() => RecordsWire.Read([], shards: 4));
    }

    private static void Write(CopyNode node, int from, int through)
    {
        for (int i = from; i <= through; i++)
        {
            node.Send("a", i, i);
            Assert.Equal(1, node.Writer.ExpectMsg<IngestOutcome>().Accepted);
        }
    }

    private void Follow(CopyNode node) => Until(node, () => node.Journal.Applied(0) == (_journal.NextSeq - 1, _journal.Row.Hash), follows: true);

    // What is read and written beside the actors ends when it ends.
    private void Until(CopyNode node, Func<bool> condition, bool follows = false) => Assert.True(
        SpinWait.SpinUntil(
            () =>
            {
                if (follows)
                {
                    node.Host.Follow(_journal.Row);
                }

                node.Test.Drain();
                return condition();
            },
            TimeSpan.FromMinutes(1)),
        $"applied through {node.Journal.AppliedSeq(0)}, and the journal ends at {_journal.NextSeq - 1}");

    // Twice: what went back is certain at the second look only.
    private void BeginsAnew(CopyNode node)
    {
        TestProbe news = node.Test.CreateProbe("news");
        news.Subscribe<ActorFailed>();
        for (int i = 0; i < 2; i++)
        {
            node.Host.Follow(_journal.Row);
            node.Test.Drain();
        }

        news.ExpectMsg<ActorFailed>();
        node.Test.Drain();
        node.Test.Advance(TimeSpan.FromMinutes(1));
    }
}
