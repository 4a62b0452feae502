using FsCheck;
using FsCheck.Fluent;
using Pleiad.Model;

namespace Pleiad.Scraping.Tests;

public sealed class ScrapeScheduleTests
{
    [Fact]
    public void Slots_are_an_interval_apart_and_the_same_for_whoever_asks() => Prop.ForAll<ulong, int, long>((hash, interval, at) =>
    {
        long intervalMs = 1 + (Math.Abs((long)interval) % 3_600_000);
        var now = new Timestamp(at % 4_000_000_000_000);
        var schedule = new ScrapeSchedule(TimeSpan.FromMilliseconds(intervalMs), new TargetKey(hash, 7));
        Timestamp slot = schedule.SlotAt(now);
        Timestamp next = schedule.NextAfter(now);
        return slot <= now && next > now
            && next.Milliseconds - slot.Milliseconds == intervalMs
            && schedule.SlotAt(slot) == slot
            && schedule.NextAfter(slot) == next
            && (slot.Milliseconds - (long)schedule.Offset.TotalMilliseconds) % intervalMs == 0;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Many_targets_are_spread_over_their_interval()
    {
        int[] perSecond = new int[60];
        for (int i = 0; i < 6_000; i++)
        {
            Target target = new TargetBuilder(TargetBuilderTests.Job("{job_name: a}"))
                .Build(Labels.From(("__address__", $"host{i}:9100")), Labels.Empty).Target!;
            perSecond[(int)new ScrapeSchedule(target).Offset.TotalSeconds]++;
        }

        Assert.All(perSecond, count => Assert.InRange(count, 50, 160));
    }
}
