using Pleiad.Kernel;

namespace Pleiad.Actors.Tests;

public sealed class ScrapeTests
{
    private static readonly TimeSpan GoneAfter = ScrapeNode.Interval * 2.1;

    [Fact]
    public void Samples_carry_the_time_of_their_slot_even_where_the_clock_is_a_little_off()
    {
        using ByteTarget exporter = ByteTarget.Of("load 3\n");
        using var node = new ScrapeNode();
        node.Apply(ScrapeNode.Job("j", exporter.Address));
        Scraped first = node.Scrape();
        Assert.Equal(node.NowMs, first.Time);
        Assert.Equal(3, first["load"]);
        Assert.Equal(1, first["up"]);

        node.Test.Time.JumpWallClock(TimeSpan.FromSeconds(1));
        Scraped late = node.Scrape();
        Assert.Equal(node.NowMs - 1000, late.Time);
        Assert.Equal(first.Time + 15_000, late.Time);

        Scraped next = node.Scrape();
        Assert.Equal(node.NowMs, next.Time);
        Assert.Equal(late.Time + 15_000, next.Time);
    }

    [Fact]
    public void A_new_target_begins_at_its_next_slot_where_others_are_reading_their_first_page()
    {
        using ByteTarget exporter = ByteTarget.Of("load 3\n");
        using var node = new ScrapeNode(firstReadsMax: 1);
        node.Apply(ScrapeNode.Job("j", exporter.Address));
        TimeSpan wait = node.Test.Time.NextTimer ?? throw new InvalidOperationException("nothing is due");
        node.Test.Advance(wait - TimeSpan.FromMilliseconds(1));
        FirstReads.Place another = node.FirstReads.TryEnter()!.Value;
        node.Test.Advance(TimeSpan.FromMilliseconds(1));
        long deferred = node.NowMs;
        node.Shard.ExpectNoMsg(TimeSpan.FromMilliseconds(1));
        Assert.Empty(exporter.Requests);

        node.FirstReads.Leave(another);
        Assert.Equal(deferred + 15_000, node.ScrapeAt(deferred + 15_000).Time);

        // From then on it asks nobody, and its place is free for the next.
        Assert.NotNull(node.FirstReads.TryEnter());
        Assert.Equal(deferred + 30_000, node.ScrapeAt(deferred + 30_000).Time);
    }

    [Fact]
    public void After_a_jump_of_the_wall_clock_samples_carry_the_slot_of_the_new_time()
    {
        using ByteTarget exporter = ByteTarget.Of("load 3\n");
        using var node = new ScrapeNode();
        node.Apply(ScrapeNode.Job("j", exporter.Address));
        Scraped before = node.Scrape();
        node.Test.Time.JumpWallClock(TimeSpan.FromHours(1));
        Scraped after = node.Scrape();
        Assert.InRange(node.NowMs - after.Time, 0, 14_999);
        Assert.Equal(0, (after.Time - before.Time) % 15_000);
    }

    [Fact]
    public void A_target_that_goes_away_gets_stale_markers_after_two_intervals_and_a_tenth_and_its_actor_ends()
    {
        using ByteTarget exporter = ByteTarget.Of("load 3\n");
        using var node = new ScrapeNode();
        node.Apply(ScrapeNode.Job("j", exporter.Address));
        Scraped last = node.Scrape();
        node.Asker.Watch(last.Target);
        node.Apply(ScrapeNode.Job("j"));
        node.Shard.ExpectNoMsg(GoneAfter - TimeSpan.FromMilliseconds(1));
        node.Test.Advance(TimeSpan.FromMilliseconds(1));
        Scraped end = node.Take();
        Assert.True(end.AllStale);
        Assert.Equal(last.Metrics, end.Metrics);
        Assert.Same(last.Series("load"), end.Series("load"));
        node.Asker.ExpectTerminated(last.Target);
        Assert.Single(exporter.Requests);
        node.Shard.ExpectNoMsg(GoneAfter);
        Assert.Empty(Assert.Single(node.Status().Pools).Active);
    }

    // Whoever scrapes the same series on has later samples by then: the markers come too late for those, and are refused.
    [Fact]
    public void Stale_markers_of_a_target_that_went_away_are_dated_at_its_first_missed_slot()
    {
        using ByteTarget exporter = ByteTarget.Of("load 3\n");
        using var node = new ScrapeNode();
        node.Apply(ScrapeNode.Job("j", exporter.Address));
        Scraped last = node.Scrape();
        node.Apply(ScrapeNode.Job("j"));
        node.Test.Advance(GoneAfter);
        Assert.Equal(last.Time + 15_000, node.Take().Time);
    }

    [Fact]
    public void All_targets_of_a_job_that_is_taken_out_get_stale_markers_and_the_job_is_gone_from_the_status()
    {
        using ByteTarget exporter = ByteTarget.Of("load 3\n");
        using var node = new ScrapeNode();
        node.Apply(ScrapeNode.Job("j", exporter.Address), ScrapeNode.Job("other"));
        Scraped last = node.Scrape();
        node.Asker.Watch(last.Target);
        node.Apply(ScrapeNode.Job("other"));
        Assert.Equal("other", Assert.Single(node.Status().Pools).Pool);
        node.Test.Advance(GoneAfter);
        Assert.True(node.Take().AllStale);
        node.Asker.ExpectTerminated(last.Target);
    }

    [Fact]
    public void A_target_that_comes_back_in_time_goes_on_as_if_it_had_never_been_away()
    {
        using ByteTarget exporter = ByteTarget.Of("load 3\n");
        using var node = new ScrapeNode();
        node.Apply(ScrapeNode.Job("j", exporter.Address));
        Scraped before = node.Scrape();
        node.Apply(ScrapeNode.Job("j"));
        node.Shard.ExpectNoMsg(ScrapeNode.Interval);
        node.Apply(ScrapeNode.Job("j", exporter.Address));

        // The slot of this very moment was missed.
        Scraped after = node.ScrapeAt(before.Time + 30_000);
        Assert.False(after.AllStale);
        Assert.Equal(before.Target, after.Target);
        Assert.Same(before.Series("load"), after.Series("load"));
        Assert.Equal(3, node.ScrapeAt(before.Time + 45_000)["load"]);
        Assert.Equal(3, node.ScrapeAt(before.Time + 60_000)["load"]);
    }

    [Fact]
    public void An_unchanged_target_keeps_its_actor_and_its_series_over_a_reload()
    {
        using ByteTarget exporter = ByteTarget.Of("load 3\n");
        using ByteTarget another = ByteTarget.Of("other 1\n");
        using var node = new ScrapeNode();
        node.Apply(ScrapeNode.Job("j", exporter.Address));
        Scraped before = node.Scrape();
        node.Apply(ScrapeNode.Job("j", exporter.Address, another.Address));
        Scraped first = node.Scrape();
        Scraped second = node.Scrape();
        Scraped after = first.Target.Equals(before.Target) ? first : second;
        Assert.Equal(before.Target, after.Target);
        Assert.Same(before.Series("load"), after.Series("load"));
        Assert.Equal(before.Time + 15_000, after.Time);
        Assert.NotEqual(first.Target, second.Target);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_reload_while_a_target_is_down_after_a_failure_leaves_the_others_alone(bool takesItOut)
    {
        using ByteTarget exporter = ByteTarget.Of("load 3\n");
        using ByteTarget another = ByteTarget.Of("other 1\n");
        using var node = new ScrapeNode();
        node.Apply(ScrapeNode.Job("j", exporter.Address, another.Address));
        Scraped first = node.Scrape();
        Scraped second = node.Scrape();
        (Scraped fails, Scraped stays) = first.Metrics.Contains("load") ? (first, second) : (second, first);
        node.Asker.Watch(fails.Target);
        fails.Target.Tell(PoisonPill.Instance);
        node.Asker.ExpectTerminated(fails.Target);
        node.Test.Drain();
        node.Apply(takesItOut ? ScrapeNode.Job("j", another.Address) : ScrapeNode.Job("j", exporter.Address, another.Address));
        Scraped after;
        do
        {
            after = node.Scrape();
        }
        while (!after.Metrics.Contains("other"));

        Assert.Equal(stays.Target, after.Target);
    }

    [Fact]
    public void A_reload_while_a_file_of_targets_cannot_be_read_keeps_them_and_one_that_does_not_name_it_any_more_does_not()
    {
        using ByteTarget exporter = ByteTarget.Of("load 3\n");
        using ByteTarget another = ByteTarget.Of("other 1\n");
        using var place = new TempDirectory();
        File.WriteAllText(place["a.json"], $"[{{\"targets\": [\"{exporter.Address}\"]}}]");
        File.WriteAllText(place["b.json"], $"[{{\"targets\": [\"{another.Address}\"]}}]");
        string JobOf(string files) => $"{{job_name: j, file_sd_configs: [{{files: [\"{place[files]}\"]}}]}}";
        using var node = new ScrapeNode();
        node.Apply(JobOf("a.json"));
        Scraped before = node.Scrape();
        File.WriteAllText(place["a.json"], "[{");
        node.Apply(JobOf("a.json"));
        Assert.Equal(before.Target, node.ScrapeAt(before.Time + 15_000).Target);
        node.Apply(JobOf("*.json"));
        Assert.Equal(2, Assert.Single(node.Status().Pools).Active.Count);
        node.Apply(JobOf("b.json"));
        Assert.Contains(another.Address, Assert.Single(Assert.Single(node.Status().Pools).Active).ScrapeUrl, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reload_that_changes_how_pages_are_read_holds_from_the_next_scrape()
    {
        using ByteTarget exporter = ByteTarget.Of("load 3\ntemp 4\n");
        using var node = new ScrapeNode();
        string targets = $"static_configs: [{{targets: [\"{exporter.Address}\"]}}]";
        node.Apply($"{{job_name: j, {targets}}}");
        Scraped before = node.Scrape();
        Assert.Equal(4, before["temp"]);
        node.Apply($"{{job_name: j, {targets}, metric_relabel_configs: [{{source_labels: [__name__], regex: temp, action: drop}}]}}");
        Scraped after = node.Scrape();
        Assert.Equal(before.Target, after.Target);
        Assert.Equal(3, after["load"]);
        Assert.True(Pleiad.Model.StaleMarker.Is(after["temp"]));
        Assert.DoesNotContain("temp", node.ScrapeAt(after.Time + 15_000).Metrics);
    }

    [Fact]
    public void A_reload_that_changes_only_how_pages_are_fetched_leaves_the_series_as_they_are()
    {
        using ByteTarget exporter = ByteTarget.Of("load 3\n");
        using var node = new ScrapeNode();
        string targets = $"static_configs: [{{targets: [\"{exporter.Address}\"]}}]";
        node.Apply($"{{job_name: j, {targets}}}");
        Scraped before = node.Scrape();
        node.Apply($"{{job_name: j, {targets}, basic_auth: {{username: u, password: p}}}}");
        Scraped after = node.Scrape();
        Assert.Same(before.Series("load"), after.Series("load"));
        Assert.Equal(0, after["scrape_series_added"]);
        Assert.StartsWith("Basic ", exporter.Requests[^1].Header("Authorization"), StringComparison.Ordinal);
    }

    [Fact]
    public void Samples_of_1970_are_left_out_of_a_scrape_that_succeeds_unless_the_configuration_has_a_window_for_them()
    {
        using ByteTarget exporter = ByteTarget.Of("old 3 1000\n");
        using var node = new ScrapeNode();
        node.Apply(ScrapeNode.Job("j", exporter.Address));
        Scraped scraped = node.Scrape();
        Assert.Equal((1, 1), (scraped["up"], scraped["scrape_samples_post_metric_relabeling"]));
        Assert.DoesNotContain("old", scraped.Metrics);

        node.ApplyWith("storage: {tsdb: {out_of_order_time_window: 100y}}\n", ScrapeNode.Job("j", exporter.Address));
        Assert.Equal(3, node.Scrape()["old"]);
    }

    [Fact]
    public void A_target_that_a_reload_takes_out_while_it_changes_how_pages_are_read_gets_its_stale_markers()
    {
        using ByteTarget exporter = ByteTarget.Of("load 3\n");
        using var node = new ScrapeNode();
        node.Apply(ScrapeNode.Job("j", exporter.Address));
        Scraped last = node.Scrape();
        node.Apply("{job_name: j, honor_labels: true}");
        node.Test.Advance(GoneAfter);
        Scraped end = node.Take();
        Assert.True(end.AllStale);
        Assert.Equal(last.Metrics, end.Metrics);
    }

    [Fact]
    public void Targets_beyond_target_limit_fail_all_of_them_with_the_reason_and_without_a_request()
    {
        using ByteTarget one = ByteTarget.Of("load 1\n");
        using ByteTarget two = ByteTarget.Of("load 2\n");
        using var node = new ScrapeNode();
        string[] addresses = [one.Address, two.Address];
        string both = string.Join(", ", addresses.Select(address => $"\"{address}\""));
        node.Apply($"{{job_name: j, target_limit: 1, static_configs: [{{targets: [{both}]}}]}}");
        Assert.Equal(0, node.Scrape()["up"]);
        Assert.Equal(0, node.Scrape()["up"]);
        IReadOnlyList<ActiveTarget> active = Assert.Single(node.Status().Pools).Active;
        Assert.Equal(2, active.Count);
        Assert.All(active, static target =>
        {
            Assert.Equal(TargetHealth.Down, target.Health);
            Assert.Equal("target_limit exceeded (number of targets: 2, limit: 1)", target.LastError);
        });
        Assert.Empty(one.Requests);
        Assert.Empty(two.Requests);

        // At the limit all is well again.
        node.Apply($"{{job_name: j, target_limit: 2, static_configs: [{{targets: [{both}]}}]}}");
        Assert.Equal(1, node.Scrape()["up"]);
        Assert.Equal(1, node.Scrape()["up"]);
    }

    [Fact]
    public void A_refused_connection_is_up_zero_with_the_reason_in_the_status_and_stale_markers_for_what_was_there()
    {
        var exporter = ByteTarget.Of(
            [.. System.Text.Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: 7\r\nConnection: close\r\n\r\nload 3\n")]);
        string address = exporter.Address;
        using var node = new ScrapeNode();
        node.Apply(ScrapeNode.Job("j", address));
        Assert.Equal(TargetHealth.Unknown, Assert.Single(Assert.Single(node.Status().Pools).Active).Health);
        Assert.Equal(1, node.Scrape()["up"]);
        ActiveTarget up = Assert.Single(Assert.Single(node.Status().Pools).Active);
        Assert.Equal(TargetHealth.Up, up.Health);
        Assert.Equal(string.Empty, up.LastError);

        exporter.Dispose();
        Scraped failed = node.Scrape();
        Assert.Equal(0, failed["up"]);
        Assert.True(Pleiad.Model.StaleMarker.Is(failed["load"]));
        ActiveTarget down = Assert.Single(Assert.Single(node.Status().Pools).Active);
        Assert.Equal(TargetHealth.Down, down.Health);
        Assert.Contains("connection refused", down.LastError, StringComparison.Ordinal);
        Assert.Equal(node.Test.Time.GetUtcNow(), down.LastScrape);
        Assert.Equal($"http://{address}/metrics", down.ScrapeUrl);
    }

    [Fact]
    public void A_target_whose_shard_is_far_behind_passes_its_slots_over_until_an_answer_comes()
    {
        const int unacknowledgedMax = 16;
        using ByteTarget exporter = ByteTarget.Of("load 3\n");
        using var node = new ScrapeNode();
        node.Shard.AnswerWith(null);
        node.Apply(ScrapeNode.Job("j", exporter.Address));
        ActorRef target = node.Scrape().Target;
        for (int i = 1; i < unacknowledgedMax; i++)
        {
            node.Scrape();
        }

        node.Shard.ExpectNoMsg(ScrapeNode.Interval * 3);
        Assert.Equal(unacknowledgedMax, exporter.Requests.Count);
        node.Shard.Send(target, IngestOutcome.Nothing);
        Assert.Equal(3, node.Scrape()["load"]);
    }
}
