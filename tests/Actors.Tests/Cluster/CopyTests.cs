using Pleiad.Kernel;
using Pleiad.Storage;
using Pleiad.TestKit;

namespace Pleiad.Actors.Tests;

/// <summary>One shard on two nodes, and the journal between them.</summary>
public sealed class CopyTests : IDisposable
{
    private readonly SharedJournal _journal = new();
    private readonly CopyNode _first;
    private readonly CopyNode _second;

    public CopyTests()
    {
        _first = new CopyNode(_journal);
        _second = new CopyNode(_journal);
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public void Who_does_not_lead_gives_the_batch_back()
    {
        _first.Send("a", 1, 1);
        Assert.Equal(1, _first.Writer.ExpectMsg<BatchMoved>().Batch.Count);
        _first.Lead(_journal.Take());
        _first.Send("a", 1, 1);
        _first.Test.Drain();
        _journal.Commit();
        Assert.Equal(1, _first.Writer.ExpectMsg<IngestOutcome>().Accepted);
        Assert.Equal(1, _first.Journal.AppliedSeq(0));
    }

    [Fact]
    public void A_copy_follows_the_journal_and_who_takes_over_has_everything()
    {
        _first.Lead(_journal.Take());
        for (int i = 1; i <= 200; i++)
        {
            _first.Send("a", i, i);
        }

        _first.Test.Drain();
        while (_journal.NextSeq <= 200)
        {
            _journal.Commit();
            _first.Test.Drain();
        }

        for (int i = 1; i <= 200; i++)
        {
            Assert.Equal(1, _first.Writer.ExpectMsg<IngestOutcome>().Accepted);
        }

        _second.Host.Follow(ShardOwnershipAt(150));
        _second.Test.Drain();
        Assert.True(_second.Journal.AppliedSeq(0) >= 149);
        _second.Lead(_journal.Take());
        Assert.Equal(_first.Samples(), _second.Samples());
        Assert.Equal(200, _second.Samples().Count);
        _second.Send("a", 201, 201);
        _second.Test.Drain();
        _journal.Commit();
        Assert.Equal(1, _second.Writer.ExpectMsg<IngestOutcome>().Accepted);
    }

    [Fact]
    public void A_leader_that_the_journal_refuses_leads_no_more_and_says_so_once()
    {
        _first.Lead(_journal.Take());
        _first.Send("a", 1, 1);
        _first.Send("a", 2, 2);
        _first.Test.Drain();
        _second.Lead(_journal.Take());
        _journal.Commit();
        Assert.Equal(1, _first.Writer.ExpectMsg<BatchMoved>().Batch.Count);
        Assert.Equal(1, _first.Writer.ExpectMsg<BatchMoved>().Batch.Count);
        Assert.Equal([1L], _first.TermsLost);
        _first.Send("a", 3, 3);
        Assert.Equal(1, _first.Writer.ExpectMsg<BatchMoved>().Batch.Count);
        Assert.Empty(_first.Samples());
        _second.Send("a", 4, 4);
        _second.Test.Drain();
        _journal.Commit();
        Assert.Equal(1, _second.Writer.ExpectMsg<IngestOutcome>().Accepted);
        _first.Host.Follow(ShardOwnershipAt(2));
        _first.Test.Drain();
        Assert.Equal(["a 4 4"], _first.Samples());
    }

    [Fact]
    public void What_was_scraped_and_is_fenced_goes_to_the_new_leader()
    {
        var forwarded = new List<string>();
        _first.Journal.Forward = batch =>
        {
            forwarded.Add($"{batch.Times[0]} {batch.Values[0]}");
            batch.Dispose();
            return Task.FromResult(IngestOutcome.Nothing with { Accepted = 1 });
        };
        _first.Lead(_journal.Take());
        _first.Send("a", 1, 1, isScrape: true);
        _first.Test.Drain();
        _second.Lead(_journal.Take());
        _journal.Commit();
        Assert.Equal(1, _first.Writer.ExpectMsg<IngestOutcome>().Accepted);
        _first.Send("a", 2, 2, isScrape: true);
        Assert.Equal(1, _first.Writer.ExpectMsg<IngestOutcome>().Accepted);
        Assert.Equal(["1 1", "2 2"], forwarded);
        Assert.Empty(_first.Samples());
    }

    [Fact]
    public void A_hand_off_waits_for_what_is_on_its_way_and_takes_nothing_more()
    {
        _first.Lead(_journal.Take());
        _first.Send("a", 1, 1);
        _first.Test.Drain();
        Task drained = _first.Host.DrainAsync(0);
        _first.Test.Drain();
        Assert.False(drained.IsCompleted);
        Assert.False(_first.Led.Leads(0));
        _first.Send("a", 2, 2);
        Assert.Equal(1, _first.Writer.ExpectMsg<BatchMoved>().Batch.Count);
        _journal.Commit();
        _first.Test.Await(drained);
        Assert.Equal(1, _first.Writer.ExpectMsg<IngestOutcome>().Accepted);
        Assert.Empty(_first.TermsLost);
    }

    [Fact]
    public void A_copy_that_cannot_read_the_journal_fails_who_waits_and_follows_when_it_can_again()
    {
        _first.Lead(_journal.Take());
        _first.Send("a", 1, 1);
        _first.Test.Drain();
        _journal.Commit();
        _first.Writer.ExpectMsg<IngestOutcome>();
        _journal.IsAway = true;
        ShardOwnership taken = _journal.Take();
        Assert.Contains("away", Assert.Throws<InvalidOperationException>(() => _second.Test.Await(_second.Host.CatchUpAsync(taken))).Message, StringComparison.Ordinal);
        _journal.IsAway = false;
        _second.Lead(taken);
        Assert.Equal(["a 1 1"], _second.Samples());
    }

    [Fact]
    public void An_actor_that_fails_loses_its_term_and_nothing_else()
    {
        _first.Lead(_journal.Take());
        _first.Send("a", 1, 1);
        _first.Test.Drain();
        _journal.Commit();
        _first.Writer.ExpectMsg<IngestOutcome>();
        _first.Writer.Send(_first.Shard, new AppendBatch(new Model.SampleBatch(new Model.ShardId(7))));
        Assert.NotNull(_first.Writer.ExpectMsg<IngestOutcome>().Failure);
        _first.Test.Drain();

        // What is recovered may be less: until then nobody is told that anything is there.
        Assert.Equal(AppliedMarks.Unknown, _first.Journal.AppliedSeq(0));
        _first.Test.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(_first.Samples());
        Assert.Equal([1L], _first.TermsLost);
        _first.Lead(_journal.Take());
        Assert.Equal(["a 1 1"], _first.Samples());
    }

    [Fact]
    public void A_copy_that_the_journal_does_not_reach_back_to_is_made_from_another_nodes_files()
    {
        LeadAndCommitTen();
        Assert.Equal(0, _first.Journal.SavedSeq(0));
        _first.Save();
        Assert.Equal(10, _first.Journal.SavedSeq(0));
        _journal.TrimmedThrough = 10;
        _first.Send("a", 11, 11);
        _first.Test.Drain();
        _journal.Commit();
        _first.Writer.ExpectMsg<IngestOutcome>();

        var asked = new List<long>();
        _second.Journal.Copy = (_, through, _, into) => Task.Run(() =>
        {
            asked.Add(through);
            ShardCopies.CopyAll(_first.Files, into);
        });
        TestProbe news = _second.Test.CreateProbe("news");
        news.Subscribe<ActorFailed>();
        _second.Host.Follow(ShardOwnershipAt(12));

        // It begins anew with the files, after a pause as after a failure.
        news.ExpectMsg<ActorFailed>();
        _second.Test.Drain();
        _second.Test.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(10, _second.Samples().Count);
        _second.Host.Follow(ShardOwnershipAt(12));
        _second.Test.Drain();
        Assert.Equal(_first.Samples(), _second.Samples());
        Assert.Equal([10L], asked);
        _second.Lead(_journal.Take());
    }

    [Fact]
    public void A_copy_that_was_made_from_files_that_lack_samples_takes_those_of_who_has_all_when_he_is_there()
    {
        using var third = new CopyNode(_journal);
        LeadAndCommitTen();
        third.Host.Follow(ShardOwnershipAt(11));
        third.Test.Await(third.Journal.AppliedAsync(0, 10, CancellationToken.None));
        _first.Save();
        third.Save();
        _journal.TrimmedThrough = 10;
        _first.Files.NoteLacks();
        bool isThere = false;
        var refused = new System.Collections.Concurrent.ConcurrentQueue<long>();
        _second.Journal.Copy = (_, through, takesLacking, into) =>
        {
            if (!takesLacking && !Volatile.Read(ref isThere))
            {
                refused.Enqueue(through);
                return Task.FromException(new IOException("nobody has it whole"));
            }

            return Task.Run(() => ShardCopies.CopyAll(takesLacking ? _first.Files : third.Files, into));
        };
        Until(() => _second.Files.Lacks && _second.Journal.AppliedSeq(0) == 10 && refused.Count > 2);
        Assert.Equal((-1L, 10), (_second.Journal.SoundSeq(0), _second.Samples().Count));
        Assert.All(refused, static through => Assert.Equal(10, through));
        Volatile.Write(ref isThere, true);
        Until(() => _second.Journal.SoundSeq(0) == 10 && _second.Journal.IsWhole(0));
        Assert.False(_second.Files.Lacks);

        void Until(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(
            () =>
            {
                _second.Test.Advance(TimeSpan.FromSeconds(10));
                _second.Host.Follow(_journal.Row);
                _second.Test.Drain();
                return condition();
            },
            TestActorSystem.HangGuard));
    }

    [Fact]
    public void A_copy_that_opens_with_damaged_files_is_behind_everything_until_it_has_those_of_another_node()
    {
        _first.Lead(_journal.Take());
        for (int i = 1; i <= 300; i++)
        {
            _first.Send("a", i, i);
        }

        _first.Test.Drain();
        while (_journal.NextSeq <= 300)
        {
            _journal.Commit();
            _first.Test.Drain();
        }

        for (int i = 1; i <= 300; i++)
        {
            Assert.Equal(1, _first.Writer.ExpectMsg<IngestOutcome>().Accepted);
        }

        _second.Host.Follow(ShardOwnershipAt(301));
        _second.Test.Await(_second.Journal.AppliedAsync(0, 300, CancellationToken.None));
        _first.Save();
        _second.Save();
        Assert.Equal(300, _second.Journal.AppliedSeq(0));
        Assert.True(_first.DamageChunks());
        bool isReached = false;
        var asked = new List<long>();
        _first.Journal.Copy = (_, through, _, into) =>
        {
            asked.Add(through);
            return isReached ? Task.Run(() => ShardCopies.CopyAll(_second.Files, into)) : Task.FromException(new IOException("no other node lives"));
        };
        _first.Restart();
        _second.Lead(_journal.Take());
        Assert.True(_first.Samples().Count < 300);
        _first.Host.Follow(ShardOwnershipAt(301));
        _first.Test.Drain();
        Assert.Equal((300L, -1L), (_first.Journal.AppliedSeq(0), _first.Journal.SoundSeq(0)));

        isReached = true;
        TestProbe news = _first.Test.CreateProbe("news");
        news.Subscribe<ActorFailed>();

        // Told again and again, as by the looks at the rows: while the shard saves something, or has not done yet with the copy that failed, it does not ask.
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                _first.Test.Advance(TimeSpan.FromSeconds(10));
                _first.Host.Follow(ShardOwnershipAt(301));
                _first.Test.Drain();
                return asked.Count > 1;
            },
            TestActorSystem.HangGuard));
        news.ExpectMsg<ActorFailed>();
        _first.Test.Drain();
        _first.Test.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(_second.Samples(), _first.Samples());
        Assert.Equal(300, _first.Samples().Count);
        Assert.Equal(300, _first.Journal.SoundSeq(0));
        Assert.Equal([300L, 300L], asked);
    }

    private void LeadAndCommitTen()
    {
        _first.Lead(_journal.Take());
        for (int i = 1; i <= 10; i++)
        {
            _first.Send("a", i, i);
        }

        _first.Test.Drain();
        _journal.Commit();
        for (int i = 1; i <= 10; i++)
        {
            Assert.Equal(1, _first.Writer.ExpectMsg<IngestOutcome>().Accepted);
        }
    }

    private ShardOwnership ShardOwnershipAt(long nextSeq) =>
        nextSeq == _journal.NextSeq ? _journal.Row : ShardOwnership.Untaken(0) with { Epoch = _journal.Epoch, NextSeq = nextSeq };
}
