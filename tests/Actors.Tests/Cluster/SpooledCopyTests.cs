using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;
using Pleiad.TestKit;

namespace Pleiad.Actors.Tests;

/// <summary>Copies of a shard that have acknowledged records before the journal has them, and what becomes of those when the journal is there again.</summary>
public sealed class SpooledCopyTests : IDisposable
{
    private static readonly byte[] s_content = [1];

    private readonly SharedJournal _journal = new() { CommitsAtOnce = true };
    private readonly List<CopyNode> _nodes = [];
    private readonly CopyNode _first;
    private readonly CopyNode _second;
    private readonly CopyNode _third;

    public SpooledCopyTests()
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
        _nodes.ForEach(static node => node.Dispose());
    }

    [Theory]
    [InlineData(1 << 20)]
    [InlineData(0)]
    public void Whoever_takes_the_shard_and_has_the_chain_gives_it_to_the_journal(long recentBytesMax)
    {
        CopyNode second = Node(recentBytesMax);
        Spooled(8, 12, second);
        second.Lead(_journal.Take());
        Assert.Equal(13, _journal.NextSeq);
        Write(second, 13, 13);
        Follow(_third);
        Assert.Equal(13, second.Samples().Count);
        Assert.Equal(second.Samples(), _third.Samples());
        second.Host.Follow(_journal.Row);
    }

    [Fact]
    public void A_copy_lets_go_of_what_the_journal_has_and_keeps_the_rest()
    {
        Spooled(8, 12, _second);
        SpoolEntry[] chain = [.. _second.Spool.EntriesOf(0)];
        JournalRecord[] records = [.. chain.Select(entry => new JournalRecord(entry.Seq, entry.Epoch, entry.Hash, _second.Spool.Read(0, entry.Seq)))];
        Until(_second, () => _second.Journal.AppliedSeq(0) == 12, follows: true);
        Assert.Equal(5, _second.Spool.EntriesOf(0).Count);
        _journal.Append(records[..2]);
        Until(_second, () => _second.Spool.EntriesOf(0).Count == 3, follows: true);
        _journal.Append(records[2..]);
        Until(_second, () => !_second.Spool.Holds(0), follows: true);
        Assert.Equal(12, _second.Samples().Count);
    }

    [Fact]
    public void A_copy_whose_chain_the_journal_does_not_have_writes_its_samples_again_once()
    {
        Spooled(8, 12, _second);
        Until(_second, () => _second.Journal.AppliedSeq(0) == 12, follows: true);

        // The third has never had them, and goes on in their place.
        Follow(_third);
        _third.Lead(_journal.Take());
        _third.Send("c", 8, 88);
        Assert.Equal(1, _third.Writer.ExpectMsg<IngestOutcome>().Accepted);
        ForwardTo(_third, _second);
        Until(_second, () => _third.Journal.AppliedSeq(0) >= 13 && !_second.Spool.Holds(0), follows: true);
        Follow(_second);
        Assert.Equal(13, _third.Samples().Count);
        Assert.Equal(_third.Samples(), _second.Samples());
    }

    [Fact]
    public void A_chain_that_a_journal_stays_behind_is_written_again_although_nothing_differs()
    {
        Spooled(8, 12, _second);
        Until(_second, () => _second.Journal.AppliedSeq(0) == 12, follows: true);
        Follow(_third);
        _third.Lead(_journal.Take());
        ForwardTo(_third, _second);
        Until(_second, () => _third.Journal.AppliedSeq(0) >= 12, follows: true);
        Follow(_second);
        Assert.Equal(12, _third.Samples().Count);
        Assert.Equal(_third.Samples(), _second.Samples());
    }

    [Fact]
    public void A_chain_that_was_not_applied_when_others_came_in_its_place_is_not_forgotten()
    {
        Spooled(8, 12, _second);
        Follow(_third);
        _third.Lead(_journal.Take());
        Write(_third, 20, 22);
        ForwardTo(_third, _second);

        // It is told of what the new leader has committed before it has read its own chain.
        _second.Shard.Tell(new Pushed(_journal.Records(8)));
        Until(_second, () => _third.Journal.AppliedSeq(0) >= 15 && !_second.Spool.Holds(0), follows: true);
        Follow(_second);
        Assert.Equal(15, _third.Samples().Count);
        Assert.Equal(_third.Samples(), _second.Samples());
    }

    [Fact]
    public void Samples_that_are_to_be_written_again_are_taken_however_late_they_come()
    {
        Spooled(8, 12, _second);
        Until(_second, () => _second.Journal.AppliedSeq(0) == 12, follows: true);
        Follow(_third);
        _third.Lead(_journal.Take());

        // Out of order for the new leader, which takes none otherwise.
        Write(_third, 100, 100);
        _third.Send("a", 50, 50);
        Assert.Equal(1, _third.Writer.ExpectMsg<IngestOutcome>().OutOfOrder);
        ForwardTo(_third, _second);
        Until(_second, () => _third.Journal.AppliedSeq(0) >= 13 && !_second.Spool.Holds(0), follows: true);
        Assert.Equal(13, _third.Samples().Count);
    }

    [Fact]
    public void What_there_is_no_room_for_among_late_samples_is_written_when_those_before_are_in_a_block()
    {
        var third = new CopyNode(_journal, shard: new ShardSettings { LateSamplesMax = 2 });
        _nodes.Add(third);
        Spooled(8, 12, _second);
        Until(_second, () => _second.Journal.AppliedSeq(0) == 12, follows: true);
        Follow(third);
        third.Lead(_journal.Take());
        Write(third, 100, 100);
        ForwardTo(third, _second);
        Until(
            _second,
            () =>
            {
                third.Test.Advance(TimeSpan.FromSeconds(1));
                return _second.Kept.List().Count == 0 && third.Journal.AppliedSeq(0) >= 13 && !_second.Spool.Holds(0);
            },
            follows: true);
        Assert.Equal(13, third.Samples().Count);
    }

    [Fact]
    public void What_was_to_be_written_again_and_was_not_is_at_the_next_start_and_counted_sample_by_sample()
    {
        Spooled(8, 12, _second);
        Until(_second, () => _second.Journal.AppliedSeq(0) == 12, follows: true);
        Follow(_third);
        _third.Lead(_journal.Take());
        Write(_third, 100, 100);

        // Nobody takes them before the node ends.
        var asked = new TaskCompletionSource();
        _second.Journal.Forward = batch =>
        {
            batch.Dispose();
            asked.TrySetResult();
            return new TaskCompletionSource<IngestOutcome>().Task;
        };
        Until(_second, () => asked.Task.IsCompleted && !_second.Spool.Holds(0), follows: true);
        Assert.Single(_second.Kept.List());

        // The counter is the process's, and other tests count too.
        var isMine = new AsyncLocal<bool> { Value = true };
        long refused = 0;
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = (instrument, on) =>
        {
            if (instrument.Name == "pleiad_actors_samples_not_resubmitted")
            {
                on.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref refused, isMine.Value ? value : 0));
        listener.Start();
        int taken = 0;
        var next = new Resubmissions(_second.Kept, new ShardMap(1), TimeProvider.System)
        {
            Forward = batch =>
            {
                int count = batch.Count;
                batch.Dispose();
                taken += count;
                return Task.FromResult(taken == 1 ? IngestOutcome.Nothing with { Conflicting = 1 } : IngestOutcome.Nothing with { Accepted = count });
            },
        };
        _second.Test.Await(SendAsync(next));
        Assert.Equal(5, taken);
        Assert.Equal(1, Interlocked.Read(ref refused));
        Assert.Empty(_second.Kept.List());
    }

    [Fact]
    public void A_copy_takes_what_follows_and_says_from_where_it_needs_more()
    {
        var places = new PublishedPlaces(new ShardPlaces(0, [new ShardPlace { Shard = 0, Epoch = 4, Here = ShardRole.Follower }]));
        var receiver = new SpoolReceiver(_third.Spool, places, _third.Journal.MarkOf, _third.Journal.NoteMissed);
        Assert.Equal([(0, SpoolReceiver.NotHere)], receiver.Keep([News(8, epoch: 4, committed: 7)]));
        Follow(_third);
        Assert.Equal([(0, 8L)], receiver.Keep([News(10, epoch: 4, committed: 7)]));
        Assert.Empty(receiver.Keep([News(8, 4, 7), News(9, 4, 7)]));
        Assert.Empty(receiver.Keep([News(9, 4, 7), News(10, 4, 7)]));
        Assert.Equal([(0, 11L)], receiver.Keep([News(12, 4, 7)]));
        Assert.Equal([(0, SpoolReceiver.NotHere)], receiver.Keep([News(11, 3, 7)]));

        // Not what its leader had: its buffer was filled with something else meanwhile.
        SpoolNews spoilt = News(11, 4, 7);
        Assert.Equal([(0, SpoolReceiver.NotHere)], receiver.Keep([spoilt with { Record = spoilt.Record with { Payload = new byte[] { 2 } } }]));

        // What is certain to be committed makes room for a chain that begins later.
        Assert.Empty(receiver.Keep([News(20, 4, 19)]));
        Assert.Equal([20L], _third.Spool.EntriesOf(0).Select(static entry => entry.Seq));
        NodeMessage[] messages = [.. SpoolWire.Write([News(8, 4, 7), News(9, 4, 7)])];
        Assert.Equal([(8L, 7L), (9, 7)], SpoolWire.Read(Assert.Single(messages).Payload.Span, 1).Select(static news => (news.Record.Seq, news.CommittedThrough)));
        Assert.Throws<IOException>(() => SpoolWire.Read(messages[0].Payload.Span[..^1], 1));
        Assert.Equal([(7, -1L), (8, 3)], SpoolWire.AnswerOf(SpoolWire.Answer([(7, -1), (8, 3)]).Payload.Span));
        Assert.Throws<IOException>(() => SpoolWire.AnswerOf([1, 2]));
    }

    [Fact]
    public void A_node_that_takes_a_shard_keeps_nothing_more_for_whoever_led_before()
    {
        Spooled(8, 12, _second);
        var places = new PublishedPlaces(new ShardPlaces(0, [new ShardPlace { Shard = 0, Epoch = 1, Here = ShardRole.Follower }]));
        var receiver = new SpoolReceiver(_second.Spool, places, _second.Journal.MarkOf, _second.Journal.NoteMissed);
        SpoolEntry last = _second.Spool.EntriesOf(0)[^1];
        var next = new SpoolNews(new SpooledRecord(0, last.Epoch, 13, last.Hash, Next(last.Hash, s_content), s_content), 7);
        Assert.Empty(receiver.Keep([next]));
        _second.Spool.Release(0, long.MaxValue);
        // It takes the shard; those who look at the rows do not know yet.
        _second.Test.Await(_second.Host.CatchUpAsync(_journal.Take()));
        Assert.Equal([(0, SpoolReceiver.NotHere)], receiver.Keep([next]));
        Assert.False(_second.Spool.Holds(0));
    }

    [Fact]
    public void A_copy_keeps_nothing_that_is_not_what_it_has_applied()
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 10);
        Follow(_second);
        var places = new PublishedPlaces(new ShardPlaces(0, [new ShardPlace { Shard = 0, Epoch = 1, Here = ShardRole.Follower }]));
        var receiver = new SpoolReceiver(_second.Spool, places, _second.Journal.MarkOf, _second.Journal.NoteMissed);
        JournalRecord[] records = [.. _journal.Records(8)];
        SpoolNews right = new(new SpooledRecord(0, 1, 10, records[1].Hash, records[2].Hash, records[2].Payload), 9);
        Assert.Equal([(0, SpoolReceiver.NotHere)], receiver.Keep([Of(10, records[1].Hash)]));
        Assert.Equal([(0, SpoolReceiver.NotHere)], receiver.Keep([Of(11, 4711)]));
        Assert.Empty(receiver.Keep([right]));
        Assert.Empty(receiver.Keep([Of(11, records[2].Hash)]));

        static SpoolNews Of(long seq, long before) => new(new SpooledRecord(0, 1, seq, before, Next(before, s_content), s_content), seq - 1);
    }

    [Fact]
    public void Whoever_has_applied_what_a_later_term_wrote_keeps_nothing_of_those_before()
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 7);
        Follow(_second);
        Follow(_third);
        AppliedMark before = _second.Journal.MarkOf(0);

        // Told by the new leader, which has the shard from a row that nobody here has read.
        _third.Lead(_journal.Take());
        Write(_third, 8, 8);
        _second.Shard.Tell(new Pushed(_journal.Records(8)));
        Until(_second, () => _second.Journal.AppliedSeq(0) == 8);

        // The leader before asks at the same time: what is applied was looked at before.
        var places = new PublishedPlaces(new ShardPlaces(0, [new ShardPlace { Shard = 0, Epoch = 1, Here = ShardRole.Follower }]));
        var receiver = new SpoolReceiver(_second.Spool, places, _ => before, _second.Journal.NoteMissed);
        Assert.Equal([(0, SpoolReceiver.NotHere)], receiver.Keep([new SpoolNews(new SpooledRecord(0, 1, 8, before.Hash, Next(before.Hash, s_content), s_content), 7)]));
        Assert.False(_second.Spool.Holds(0));
    }

    [Fact]
    public void What_is_kept_under_a_number_that_is_another_record_in_the_journal_is_put_aside_and_not_forgotten()
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 7);
        Follow(_second);
        long before = _journal.Row.Hash;
        Write(_first, 8, 8);
        Follow(_second);
        _second.Spool.Append([new SpooledRecord(0, 1, 8, before, Next(before, s_content), s_content)]);
        Until(_second, () => !_second.Spool.Holds(0), follows: true);
        Assert.Single(_second.PutAside);
    }

    [Fact]
    public void A_record_of_the_chain_that_cannot_be_applied_is_put_aside_once_and_the_journal_goes_on()
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 7);
        Follow(_second);
        long before = _journal.Row.Hash;
        _second.Spool.Append([new SpooledRecord(0, 1, 8, before, Next(before, s_content), s_content)]);
        Until(_second, () => !_second.Spool.Holds(0), follows: true);
        Assert.Single(_second.PutAside);
        Write(_first, 8, 9);
        Follow(_second);
        Assert.Equal(9, _second.Samples().Count);
    }

    [Fact]
    public void A_shard_that_is_taken_anew_while_its_journal_is_given_what_it_lost_is_led_by_the_newer_row()
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 10);
        _journal.LoseAfter(7);
        _journal.CommitsAtOnce = false;
        Task<ShardOwnership> older = _first.Host.CatchUpAsync(_journal.Take());
        Until(_first, () => _journal.WaitingCount == 3);
        ShardOwnership row = _journal.Take();
        Task<ShardOwnership> newer = _first.Host.CatchUpAsync(row);
        Assert.ThrowsAny<Exception>(() => { _first.Test.Await(older); });
        Until(_first, () =>
        {
            _journal.Commit();
            return newer.IsCompleted;
        });
        Assert.Equal((row.Epoch, 11), (_first.Test.Await(newer).Epoch, _journal.NextSeq));
    }

    [Fact]
    public void A_copy_that_does_not_keep_what_another_does_is_behind_until_it_has_it()
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 7);
        Follow(_second);
        Assert.Equal(7, _second.Journal.WholeSeq(0));
        long before = _journal.Row.Hash;
        var places = new PublishedPlaces(new ShardPlaces(0, [new ShardPlace { Shard = 0, Epoch = 1, Here = ShardRole.Follower }]));
        var receiver = new SpoolReceiver(_second.Spool, places, _second.Journal.MarkOf, _second.Journal.NoteMissed);
        Assert.Equal([(0, SpoolReceiver.NotHere)], receiver.Keep([new SpoolNews(new SpooledRecord(0, 1, 8, before, 4711, s_content), 7)]));
        Assert.Equal((AppliedMarks.Unknown, 7), (_second.Journal.WholeSeq(0), _second.Journal.AppliedSeq(0)));
        Write(_first, 8, 8);
        Follow(_second);
        Assert.Equal(8, _second.Journal.WholeSeq(0));

        // What a former leader had is written again by whoever kept it.
        receiver.Keep([new SpoolNews(new SpooledRecord(0, 1, 9, _journal.Row.Hash, 4711, s_content), 8)]);
        Assert.Equal(AppliedMarks.Unknown, _second.Journal.WholeSeq(0));
        _journal.Take();
        Until(_second, () => _second.Journal.WholeSeq(0) == 8, follows: true);
    }

    [Fact]
    public void A_journal_that_was_cut_behind_a_copy_takes_nothing_that_it_had_acknowledged_with_it()
    {
        Spooled(8, 12, _second);
        Until(_second, () => _second.Journal.AppliedSeq(0) == 12, follows: true);
        Follow(_third);
        _third.Lead(_journal.Take());
        Write(_third, 20, 29);
        _third.Save();
        _journal.TrimmedThrough = 16;
        _second.Journal.Copy = (_, _, _, into) => Task.Run(() => ShardCopies.CopyAll(_third.Files, into));
        ForwardTo(_third, _second);
        Until(_second, () => _third.Journal.AppliedSeq(0) >= 22 && !_second.Spool.Holds(0), follows: true);
        Follow(_second);
        Assert.Equal(22, _third.Samples().Count);
        Assert.Equal(_third.Samples(), _second.Samples());
    }

    [Fact]
    public async Task From_four_fifths_of_the_spool_on_writes_of_clients_are_refused_and_scrapes_are_not()
    {
        using var node = new CopyNode(_journal, spool: new SpoolSettings { BytesMax = 1000 });
        _journal.Take();
        node.Spool.Append([new SpooledRecord(0, 1, 1, 0, 1, new byte[700])]);
        Assert.InRange(node.Spool.Use.Share, 0.7, 0.79);
        _journal.IsSpooling = true;
        Assert.True((await Append(1, isAwaited: true)).IsDurable);
        node.Spool.Append([new SpooledRecord(0, 1, 2, 1, 2, new byte[60])]);
        Assert.InRange(node.Spool.Use.Share, 0.8, 0.95);
        LogOutcome refused = await Append(2, isAwaited: true);
        Assert.Equal(LogResult.Refused, refused.Result);
        Assert.True((await Append(2, isAwaited: false)).IsDurable);

        // What others left there is no reason once the store takes everything.
        _journal.IsSpooling = false;
        Assert.True((await Append(3, isAwaited: true)).IsDurable);

        ValueTask<LogOutcome> Append(long seq, bool isAwaited) => node.Journal.AppendAsync(new ShardId(0), 1, seq, new byte[] { 1 }, isAwaited);
    }

    [Fact]
    public void Nothing_is_deleted_while_the_journal_lacks_what_was_acknowledged()
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 3);
        _journal.IsSpooling = true;
        _first.Writer.Send(_first.Shard, new DeleteSamples([], long.MinValue, long.MaxValue));
        Assert.Contains("store is away", _first.Writer.ExpectMsg<SamplesDeleted>().Failure, StringComparison.Ordinal);
        Assert.Equal(3, _first.Samples().Count);
    }

    // Of a shard whose records all hold the same.
    private static SpoolNews News(long seq, long epoch, long committed) => new(new SpooledRecord(0, epoch, seq, HashAt(seq - 1), HashAt(seq), s_content), committed);

    private static long HashAt(long seq)
    {
        long hash = 0;
        for (long i = 0; i < seq; i++)
        {
            hash = Next(hash, s_content);
        }

        return hash;
    }

    private static long Next(long hash, ReadOnlyMemory<byte> payload) => (long)XxHash64.Of(payload.Span, (ulong)hash);

    private static async Task<bool> SendAsync(Resubmissions resubmissions)
    {
        await resubmissions.SendAsync();
        return true;
    }

    private CopyNode Node(long recentBytesMax)
    {
        var node = new CopyNode(_journal, recentBytesMax: recentBytesMax);
        _nodes.Add(node);
        return node;
    }

    // The first leads, commits through the record before, and dies after it has acknowledged the others from its spool and another's.
    private void Spooled(int from, int through, CopyNode other)
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, from - 1);
        Follow(other);
        long before = _journal.Row.Hash;
        Write(_first, from, through);
        JournalRecord[] chain = [.. _journal.Records(from)];
        foreach (JournalRecord record in chain)
        {
            other.Spool.Append([new SpooledRecord(0, record.Epoch, record.Seq, before, record.Hash, record.Payload)]);
            before = record.Hash;
        }

        _journal.LoseAfter(from - 1);
    }

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

    private void Follow(CopyNode node) => Until(node, () => node.Journal.IsWhole(0) && node.Journal.Applied(0) == (_journal.NextSeq - 1, _journal.Row.Hash), follows: true);

    // What is read and written beside the actors ends when it ends; a copy that begins anew is started again.
    private void Until(CopyNode node, Func<bool> condition, bool follows = false) => Assert.True(
        SpinWait.SpinUntil(
            () =>
            {
                if (follows)
                {
                    node.Host.Follow(_journal.Row);
                }

                node.Test.Drain();
                node.Test.Advance(TimeSpan.FromSeconds(1));
                return condition();
            },
            TimeSpan.FromMinutes(1)),
        $"applied through {node.Journal.AppliedSeq(0)}, and the journal ends at {_journal.NextSeq - 1}");
}
