using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;
using Pleiad.TestKit;

namespace Pleiad.Actors.Tests;

/// <summary>A deletion is a record of the journal: all copies do it, in its place among the samples.</summary>
public sealed class CopyDeletionTests : IDisposable
{
    private static readonly Matcher[] s_a = [new(LabelName.MetricName, MatchKind.Equal, "a")];

    private readonly SharedJournal _journal = new();
    private readonly FailingFiles _files = new();
    private readonly CopyNode _first;
    private readonly CopyNode _second;

    public CopyDeletionTests()
    {
        _first = new CopyNode(_journal, _files);
        _second = new CopyNode(_journal);
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void All_copies_delete_what_was_written_before_and_nothing_of_what_comes_after(bool isSealed)
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 5);
        Follow(_second);
        if (isSealed)
        {
            _first.Seal();
            _second.Seal();
        }

        Ask(_first, 2, 9);
        Assert.Equal(5, _first.Samples().Count);
        _first.Writer.ExpectNoMsg();
        _journal.Commit();
        Assert.Equal(new SamplesDeleted(null), _first.Writer.ExpectMsg<SamplesDeleted>());
        Write(_first, 6, 7);
        Follow(_second);
        string[] left = ["a 1 1", "a 6 6", "a 7 7"];
        Assert.Equal(left, _first.Samples());
        Assert.Equal(left, _second.Samples());

        // Whatever of it was saved when, and whoever leads then.
        _second.Seal();
        _second.Restart();
        Follow(_second);
        Assert.Equal(left, _second.Samples());
        _second.Lead(_journal.Take());
        Assert.Equal(left, _second.Samples());
        Ask(_second, 7, 7);
        _journal.Commit();
        Assert.Equal(new SamplesDeleted(null), _second.Writer.ExpectMsg<SamplesDeleted>());
        _first.Restart();
        Follow(_first);
        Assert.Equal(left[..2], _first.Samples());
    }

    [Fact]
    public void A_deletion_that_the_journal_refuses_has_deleted_nothing_and_goes_to_the_new_leader()
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 5);
        _first.Seal();
        Ask(_first, 2, 9);
        _second.Lead(_journal.Take());
        _journal.Commit();
        Assert.Equal(SamplesDeleted.Moved, _first.Writer.ExpectMsg<SamplesDeleted>());
        Ask(_first, 2, 9);
        Assert.Equal(SamplesDeleted.Moved, _first.Writer.ExpectMsg<SamplesDeleted>());
        Follow(_first);
        Assert.Equal(5, _first.Samples().Count);
        _first.Restart();
        Assert.Equal(5, _first.Samples().Count);
        Assert.Equal(_second.Samples(), _first.Samples());
    }

    [Fact]
    public void A_hand_off_waits_for_the_deletion_under_way_and_those_behind_it_go_to_the_next_leader()
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 5);
        Ask(_first, 2, 3);
        Ask(_first, 5, 5);
        Task drained = _first.Host.DrainAsync(0);
        _first.Test.Drain();
        Assert.False(drained.IsCompleted);
        _journal.Commit();
        Assert.Equal(new SamplesDeleted(null), _first.Writer.ExpectMsg<SamplesDeleted>());
        Assert.Equal(SamplesDeleted.Moved, _first.Writer.ExpectMsg<SamplesDeleted>());
        _first.Test.Await(drained);
        _second.Lead(_journal.Take());
        Assert.Equal(["a 1 1", "a 4 4", "a 5 5"], _second.Samples());
    }

    [Fact]
    public void A_copy_that_is_made_of_files_has_deleted_what_the_others_have()
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 5);
        _first.Seal();
        Ask(_first, 2, 4);
        _journal.Commit();
        Assert.Equal(new SamplesDeleted(null), _first.Writer.ExpectMsg<SamplesDeleted>());
        _first.Save();
        _journal.TrimmedThrough = 6;
        Write(_first, 6, 6);
        _second.Journal.Copy = (_, _, _, into) => Task.Run(() => ShardCopies.CopyAll(_first.Files, into));
        TestProbe news = _second.Test.CreateProbe("news");
        news.Subscribe<ActorFailed>();
        _second.Host.Follow(_journal.Row);
        news.ExpectMsg<ActorFailed>();
        _second.Test.Drain();
        _second.Test.Advance(TimeSpan.FromMinutes(1));
        Follow(_second);
        string[] left = ["a 1 1", "a 5 5", "a 6 6"];
        Assert.Equal(left, _first.Samples());
        Assert.Equal(left, _second.Samples());
    }

    [Fact]
    public void A_leader_that_cannot_keep_a_committed_deletion_leads_no_more_and_does_it_when_it_can()
    {
        _first.Lead(_journal.Take());
        Write(_first, 1, 5);
        TestProbe news = _first.Test.CreateProbe("news");
        news.Subscribe<ActorFailed>();
        Ask(_first, 2, 9);
        _files.IsFull = true;
        _journal.Commit();
        news.ExpectMsg<ActorFailed>();
        Assert.Contains("unknown", _first.Writer.ExpectMsg<SamplesDeleted>().Failure, StringComparison.Ordinal);
        _files.IsFull = false;
        _first.Test.Drain();
        _first.Test.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([1L], _first.TermsLost);
        Follow(_first);
        Assert.Equal(["a 1 1"], _first.Samples());
    }

    [Fact]
    public void A_copy_that_cannot_keep_a_deletion_stays_behind_until_it_can()
    {
        _second.Lead(_journal.Take());
        Write(_second, 1, 5);
        Ask(_second, 2, 9);
        _journal.Commit();
        Assert.Equal(new SamplesDeleted(null), _second.Writer.ExpectMsg<SamplesDeleted>());
        _files.IsFull = true;
        Assert.Contains("no space left", Assert.Throws<InvalidOperationException>(() => Follow(_first)).Message, StringComparison.Ordinal);
        Assert.Equal(5, _first.Journal.AppliedSeq(0));
        Assert.Equal(5, _first.Samples().Count);
        _files.IsFull = false;
        Follow(_first);
        Assert.Equal(6, _first.Journal.AppliedSeq(0));
        Assert.Equal(["a 1 1"], _first.Samples());
    }

    private static void Ask(CopyNode node, long from, long through)
    {
        node.Writer.Send(node.Shard, new DeleteSamples(s_a, from, through));
        node.Test.Drain();
    }

    private void Write(CopyNode node, int first, int last)
    {
        for (int i = first; i <= last; i++)
        {
            node.Send("a", i, i);
        }

        node.Test.Drain();
        _journal.Commit();
        for (int i = first; i <= last; i++)
        {
            Assert.Equal(1, node.Writer.ExpectMsg<IngestOutcome>().Accepted);
        }
    }

    // Until it has all of it: what a copy does on its own threads is waited for.
    private void Follow(CopyNode node) => node.Test.Await(node.Host.CatchUpAsync(_journal.Row));
}
