using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors.Tests;

public sealed class SeriesShardActorTests
{
    private static readonly TimeSpan RestartPause = RestartBackoff.Default.First;

    [Fact]
    public void A_batch_is_acknowledged_after_the_journal_was_flushed_and_not_before()
    {
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path);
        node.Send(("up", 1000, 1), ("load", 1000, 2));
        node.Writer.ExpectNoMsg();
        Assert.True(node.Journal.PendingBytes > 0, "the batch did not reach the journal");
        Assert.True(node.Journal.FlushOnce());
        node.Writer.ExpectMsg(IngestOutcome.Nothing with { Accepted = 2 });
        node.Writer.ExpectNoMsg();
    }

    [Fact]
    public void Within_the_window_that_it_was_told_samples_are_taken_out_of_order_and_after_a_failure_too()
    {
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path);
        node.Append(("up", 100_000, 1));
        Assert.Equal(1, node.Append(("up", 95_000, 2)).OutOfOrder);
        node.Writer.Send(node.Shard, new UseOutOfOrderWindow(TimeSpan.FromSeconds(10)));
        Assert.Equal(1, node.Append(("up", 95_000, 2)).Accepted);
        Assert.Equal(1, node.Append(("up", 89_999, 2)).BeyondWindow);
        node.BreakATurn();
        node.Writer.ExpectMsg<IngestOutcome>();
        node.Test.Drain();
        node.Test.Advance(RestartPause);
        Assert.Equal(["up 100000 1", "up 95000 2"], node.Samples());
        Assert.Equal(1, node.Append(("up", 96_000, 3)).Accepted);
        Assert.Equal(["up 100000 1", "up 95000 2", "up 96000 3"], node.Samples());
    }

    [Fact]
    public void A_view_taken_before_a_batch_is_durable_does_not_show_it_and_one_taken_after_does()
    {
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path);
        node.Append(("up", 1000, 1));
        node.Send(("up", 2000, 2));
        node.Test.Drain();
        using ShardView before = node.View();
        node.Journal.FlushOnce();
        node.Writer.ExpectMsg<IngestOutcome>();
        using ShardView after = node.View();
        Assert.Equal(["up 1000 1"], ShardNode.Read(before));
        Assert.Equal(["up 1000 1", "up 2000 2"], ShardNode.Read(after));
    }

    [Fact]
    public void Whoever_asks_for_a_view_lays_it_out_for_others_who_see_every_batch_that_is_acknowledged()
    {
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path);
        node.Append(("up", 1000, 1));
        Assert.Null(node.TryView());
        node.View().Dispose();
        for (int i = 2; i < 5; i++)
        {
            node.Append(("up", 1000 * i, i));
            using ShardView? view = node.TryView();
            Assert.NotNull(view);
            Assert.Equal($"up {1000 * i} {i}", ShardNode.Read(view)[^1]);
        }
    }

    [Fact]
    public void A_view_is_not_laid_out_any_more_once_blocks_have_changed_or_the_actor_has_failed()
    {
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path);
        node.Append(("up", 1000, 1));
        node.View().Dispose();
        node.Writer.Send(node.Shard, new SealHead());
        node.Writer.ExpectMsg<HeadSealed>();
        Assert.Null(node.TryView());
        node.View().Dispose();
        node.BreakATurn();
        node.Writer.ExpectMsg<IngestOutcome>();
        node.Test.Drain();
        Assert.Null(node.TryView());
    }

    [Fact]
    public void Exemplars_survive_a_stop_and_what_came_since_the_last_look_survives_no_crash()
    {
        using var place = new TempDirectory();
        TimeSpan interval = TimeSpan.FromMinutes(1);
        IReadOnlyList<StoredExemplar> expected;
        using (var node = new ShardNode(place.Path, with: settings => settings with { SnapshotInterval = interval }))
        {
            Assert.Equal(1, node.Append(Bearing(node, 1)).Accepted);
            node.Test.Advance(interval);
            node.Test.Await(node.WhenSavedAsync());
            Assert.Single(new List<StoredExemplar>(node.Directory.ExemplarsOf(new ShardId(0)).Load()));
            Assert.Equal(1, node.Append(Bearing(node, 2)).Accepted);
            expected = node.Exemplars();
            Assert.Equal(2, expected.Count);
            node.Test.Stop(node.Shard);
            node.Test.Await(node.WhenSavedAsync());
        }

        using var again = new ShardNode(place.Path);
        Assert.Equal(expected, again.Exemplars());
    }

    private static SampleBatch Bearing(ShardNode node, int at)
    {
        SampleBatch batch = node.Batch(new ShardId(0), ("a", at, 1));
        batch.AddExemplar(new Exemplar(Labels.From(("trace_id", at.ToString(System.Globalization.CultureInfo.InvariantCulture))), at, new Timestamp(at)));
        return batch;
    }

    [Fact]
    public void Exemplars_are_there_when_their_batch_is_durable_and_not_before()
    {
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path);
        SampleBatch batch = node.Batch(new ShardId(0), ("a", 1, 1));
        batch.AddExemplar(new Exemplar(Labels.From(("trace_id", "x")), 1, new Timestamp(1)));
        node.Writer.Send(node.Shard, new AppendBatch(batch));
        node.Test.Drain();
        Assert.Empty(node.Exemplars());
        node.Journal.FlushOnce();
        Assert.Equal(1, node.Writer.ExpectMsg<IngestOutcome>().Accepted);
        StoredExemplar stored = node.Exemplars().Single();
        Assert.Equal(("a", "x"), (stored.Series.MetricName, stored.Exemplar.Labels.Get("trace_id")));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(2)]
    [InlineData(1)]
    public void Batches_are_acknowledged_in_the_order_they_came(int inFlightMax)
    {
        const int batches = 20;
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path, shard: new ShardSettings { InFlightMax = inFlightMax });
        for (int i = 1; i <= batches; i++)
        {
            // Each batch has a number of rows of its own, so that its answer is known from the others'.
            node.Send([.. Enumerable.Range(0, i).Select(series => ($"s{series}", i * 1000L, (double)i))]);
        }

        node.Writer.ExpectNoMsg();
        for (int i = 1; i <= batches; i++)
        {
            if ((i - 1) % inFlightMax == 0)
            {
                node.Test.Drain();
                Assert.True(node.Journal.FlushOnce(), $"nothing waits for the journal before batch {i}");
            }

            node.Writer.ExpectMsg(IngestOutcome.Nothing with { Accepted = i });
        }

        Assert.Equal(batches * (batches + 1) / 2, node.Samples().Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Batches_that_need_no_journal_keep_their_place_among_those_that_wait_for_it(int inFlightMax)
    {
        const int rounds = 12;
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path, shard: new ShardSettings { InFlightMax = inFlightMax });
        node.Append(("late", 1_000_000, 1));
        for (int i = 1; i <= rounds; i++)
        {
            node.Send(("up", i * 1000L, i));
            node.Send([.. Enumerable.Range(0, i).Select(static _ => ("late", 1L, 1.0))]);
        }

        for (int i = 1; i <= rounds; i++)
        {
            if ((i - 1) % inFlightMax == 0)
            {
                node.Test.Drain();
                Assert.True(node.Journal.FlushOnce(), $"nothing waits for the journal before batch {i}");
            }

            node.Writer.ExpectMsg(IngestOutcome.Nothing with { Accepted = 1 });
            node.Writer.ExpectMsg(IngestOutcome.Nothing with { OutOfOrder = i });
        }
    }

    [Fact]
    public void Samples_that_are_refused_one_by_one_are_told_apart()
    {
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path, shard: new ShardSettings { SeriesMax = 1 });
        node.Append(("up", 2000, 1));
        node.Send(("up", 1000, 1), ("up", 2000, 1), ("up", 2000, 5), ("more", 2000, 1));
        node.Writer.ExpectMsg(IngestOutcome.Nothing with { OutOfOrder = 1, Duplicates = 1, Conflicting = 1, SeriesOverLimit = 1 });
        Assert.Equal(["up 2000 1"], node.Samples());
    }

    [Fact]
    public void A_full_disk_is_answered_with_a_failure_and_nothing_of_the_batch_is_visible()
    {
        var files = new FailingFiles();
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path, files);
        node.Append(("up", 1000, 1));
        files.IsFull = true;
        node.Send(("up", 2000, 2));
        node.Send(("up", 3000, 3), ("load", 3000, 3));
        node.Test.Drain();
        node.Journal.FlushOnce();
        for (int i = 0; i < 2; i++)
        {
            IngestOutcome refused = node.Writer.ExpectMsg<IngestOutcome>();
            Assert.Equal(0, refused.Accepted);
            Assert.Contains("no space left", refused.Failure, StringComparison.Ordinal);
        }

        Assert.Equal(["up 1000 1"], node.Samples());

        files.IsFull = false;
        Assert.Equal(IngestOutcome.Nothing with { Accepted = 1 }, node.Append(("up", 2000, 4)));
        Assert.Equal(["up 1000 1", "up 2000 4"], node.Samples());
    }

    [Fact]
    public void A_flush_that_fails_is_answered_with_a_failure_and_so_is_every_batch_after_it()
    {
        var files = new FailingFiles();
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path, files);
        node.Append(("up", 1000, 1));
        files.IsBroken = true;
        Assert.Contains("cannot flush the log", node.Append(("up", 2000, 2)).Failure, StringComparison.Ordinal);
        files.IsBroken = false;
        node.Send(("up", 3000, 3));
        Assert.Contains("cannot flush the log", node.Writer.ExpectMsg<IngestOutcome>().Failure, StringComparison.Ordinal);
        Assert.Equal(["up 1000 1"], node.Samples());
    }

    [Fact]
    public void After_a_failed_turn_everything_acknowledged_is_read_back_from_the_journal()
    {
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path);
        node.Append(("up", 1000, 1));
        node.Append(("up", 2000, 2), ("load", 2000, 7));
        TestProbe events = node.Test.CreateProbe();
        events.Subscribe<ActorRestarted>();
        node.BreakATurn();
        node.Test.Drain();
        node.Test.Advance(RestartPause);
        events.ExpectMsg<ActorRestarted>(restarted => restarted.Actor.Equals(node.Shard));
        Assert.Equal(["load 2000 7", "up 1000 1", "up 2000 2"], node.Samples());
    }

    [Fact]
    public void After_a_failed_turn_what_only_damaged_snapshots_had_is_told()
    {
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path);
        node.Append(("up", 1000, 1));
        for (int i = 0; i < 2; i++)
        {
            // The journal has nothing more of the shard behind the second.
            node.Journal.Roll();
            node.Writer.Send(node.Shard, new SaveSnapshot());
            node.Writer.ExpectMsg(new SnapshotSaved(null));
        }

        foreach (string path in Directory.EnumerateFiles(place.Path, "*.snap", SearchOption.AllDirectories))
        {
            byte[] bytes = File.ReadAllBytes(path);
            bytes[^1] ^= 1;
            File.WriteAllBytes(path, bytes);
        }

        node.BreakATurn();
        node.Test.Drain();
        node.Test.Advance(RestartPause);
        using ShardView view = node.View();
        Assert.Empty(ShardNode.Read(view));
        Assert.Equal(["shard-0000-snapshot.lost"], view.Missing.Select(static missing => missing.File));
    }

    [Fact]
    public void A_batch_under_way_when_a_turn_fails_is_answered_as_unknown_and_kept_once_it_is_durable()
    {
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path);
        node.Append(("up", 1000, 1));
        node.Send(("up", 2000, 2));
        node.BreakATurn();
        node.Test.Drain();
        node.Test.Advance(RestartPause);
        IReadOnlyList<object> answers = node.Writer.ReceiveAll();
        Assert.All(answers, static answer => Assert.NotNull(Assert.IsType<IngestOutcome>(answer).Failure));
        Assert.Contains(answers, static answer => ((IngestOutcome)answer).Failure!.Contains("unknown", StringComparison.Ordinal));

        Task<ShardView> asked = node.AskForView();
        node.Test.Drain();
        Assert.False(asked.IsCompleted, "the shard came back before what it had sent to the journal was decided");
        node.Journal.FlushOnce();
        using ShardView view = node.Test.Await(asked);
        Assert.Equal(["up 1000 1", "up 2000 2"], ShardNode.Read(view));

        Assert.Equal(IngestOutcome.Nothing with { Accepted = 1 }, node.Append(("up", 3000, 3)));
        Assert.Equal(["up 1000 1", "up 2000 2", "up 3000 3"], node.Samples());
    }

    [Fact]
    public void The_batch_that_makes_a_turn_fail_is_answered_too_so_that_its_sender_waits_for_nothing()
    {
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path);
        node.BreakATurn();
        Assert.NotNull(node.Writer.ExpectMsg<IngestOutcome>().Failure);
    }

    [Fact]
    public void A_batch_that_came_while_the_actor_restarts_is_taken_afterwards()
    {
        using var place = new TempDirectory();
        using var node = new ShardNode(place.Path);
        node.Append(("up", 1000, 1));
        node.BreakATurn();
        node.Test.Drain();
        node.Writer.ReceiveAll();
        node.Send(("up", 2000, 2));
        node.Writer.ExpectNoMsg();
        node.Test.Advance(RestartPause);
        node.View().Dispose();
        node.Journal.FlushOnce();
        node.Writer.ExpectMsg(IngestOutcome.Nothing with { Accepted = 1 });
        Assert.Equal(["up 1000 1", "up 2000 2"], node.Samples());
    }

    [Fact]
    public void Everything_acknowledged_is_there_when_the_directory_is_opened_again()
    {
        using var place = new TempDirectory();
        using (var node = new ShardNode(place.Path))
        {
            for (int i = 1; i <= 300; i++)
            {
                Assert.Null(node.Append(("up", i * 1000, i)).Failure);
            }
        }

        using var again = new ShardNode(place.Path);
        Assert.Equal([.. Enumerable.Range(1, 300).Select(i => $"up {i * 1000} {i}").Order(StringComparer.Ordinal)], again.Samples());
        Assert.Equal(1, again.Append(("up", 301_000, 301)).Accepted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_saved_and_what_came_afterwards_is_recovered(bool restartsActorOnly)
    {
        using var place = new TempDirectory();
        IReadOnlyList<string> expected;
        using (var node = new ShardNode(place.Path))
        {
            for (int i = 1; i <= 250; i++)
            {
                node.Append(("up", i * 1000, i), ("load", i * 1000, i * 0.5));
            }

            node.Writer.Send(node.Shard, new SaveSnapshot());
            node.Writer.ExpectMsg(new SnapshotSaved(null));
            node.Append(("up", 251_000, 251), ("new", 251_000, 1));
            expected = node.Samples();
            Assert.Equal(502, expected.Count);
            if (restartsActorOnly)
            {
                node.BreakATurn();
                node.Test.Drain();
                node.Test.Advance(RestartPause);
                Assert.Equal(expected, node.Samples());
                return;
            }
        }

        using var again = new ShardNode(place.Path);
        Assert.Equal(expected, again.Samples());
    }

    [Fact]
    public void A_snapshot_that_cannot_be_written_says_why_and_nothing_is_lost()
    {
        var files = new FailingFiles();
        using var place = new TempDirectory();
        using (var node = new ShardNode(place.Path, files))
        {
            node.Append(("up", 1000, 1));
            files.IsFull = true;
            node.Writer.Send(node.Shard, new SaveSnapshot());
            Assert.Contains("no space left", node.Writer.ExpectMsg<SnapshotSaved>().Failure, StringComparison.Ordinal);
            files.IsFull = false;
            node.Writer.Send(node.Shard, new SaveSnapshot());
            node.Writer.ExpectMsg(new SnapshotSaved(null));
            node.Append(("up", 2000, 2));
        }

        using var again = new ShardNode(place.Path);
        Assert.Equal(["up 1000 1", "up 2000 2"], again.Samples());
    }
}
