using Pleiad.Model;

namespace Pleiad.Scraping.Tests;

public sealed class TargetSetTests
{
    private static readonly ScrapeConfig Job = TargetBuilderTests.Job(
        "{job_name: a, target_limit: 3, keep_dropped_targets: 1, relabel_configs: [{source_labels: [drop], regex: 'yes', action: drop}]}");

    private static readonly ScrapeLimits Limits = Job.LimitsWith(ScrapeLimits.Default);

    [Fact]
    public void A_new_look_tells_added_kept_and_gone_apart()
    {
        TargetSet first = TargetSet.Empty.Next(Job, Limits, [Group("a:1", "b:1")], out TargetSetChange start);
        Assert.Equal(["a:1", "b:1"], Instances(start.Added));
        Assert.Empty(start.Kept);

        TargetSet second = first.Next(Job, Limits, [Group("b:1"), Group("c:1")], out TargetSetChange change);
        Assert.Equal(["c:1"], Instances(change.Added));
        Assert.Equal(["b:1"], Instances(change.Kept));
        Assert.Equal(["a:1"], Instances(change.Gone));
        Assert.Equal(["b:1", "c:1"], Instances(second.Active));
    }

    [Fact]
    public void The_same_target_found_twice_is_scraped_once()
    {
        TargetSet set = TargetSet.Empty.Next(Job, Limits, [Group("a:1"), Group("a:1")], out _);
        Assert.Single(set.Active);
    }

    [Fact]
    public void Dropped_targets_are_counted_and_remembered_up_to_their_limit()
    {
        var group = new TargetGroup("g", Group("a:1", "b:1").Targets, Labels.From(("drop", "yes")));
        TargetSet set = TargetSet.Empty.Next(Job, Limits, [group], out _);
        Assert.Empty(set.Active);
        Assert.Equal(2, set.DroppedCount);
        Assert.Single(set.Dropped);
        Assert.Equal("a:1", set.Dropped[0].Get("__address__"));
    }

    [Fact]
    public void At_the_target_limit_all_is_well_and_one_more_fails_every_scrape()
    {
        TargetSet full = TargetSet.Empty.Next(Job, Limits, [Group("a:1", "b:1", "c:1")], out _);
        Assert.Null(full.OverLimit);
        TargetSet over = full.Next(Job, Limits, [Group("a:1", "b:1", "c:1", "d:1")], out _);
        Assert.Equal("target_limit exceeded (number of targets: 4, limit: 3)", over.OverLimit);
        Assert.Equal(4, over.Active.Count);
    }

    [Fact]
    public void A_target_that_is_not_valid_is_named_and_the_others_stay()
    {
        TargetSet set = TargetSet.Empty.Next(Job, Limits, [Group("a:1", "http://b")], out _);
        Assert.Equal(["a:1"], Instances(set.Active));
        Assert.Equal("instance 1 in group g: \"http://b\" is not a valid hostname", Assert.Single(set.Problems));
    }

    private static TargetGroup Group(params string[] addresses) => TargetGroup.Of("g", addresses, Labels.Empty);

    private static IEnumerable<string> Instances(IEnumerable<Target> targets) => targets.Select(target => target.Labels.Get("instance")).Order();
}
