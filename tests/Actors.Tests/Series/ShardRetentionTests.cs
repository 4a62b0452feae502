using Pleiad.Model;
using Pleiad.Storage;
using Pleiad.TestKit;

namespace Pleiad.Actors.Tests;

public sealed class ShardRetentionTests
{
    [Fact]
    public void What_expired_before_a_start_is_in_no_answer_from_the_first_on()
    {
        using var place = new TempDirectory();
        long hour = (long)TimeSpan.FromHours(1).TotalMilliseconds;
        long now;
        using (var node = new ShardNode(place.Path))
        {
            now = node.Test.Time.GetUtcNow().ToUnixTimeMilliseconds();
            Assert.Equal(3, node.Append(("old", now - (5 * hour), 1), ("kept", now - (5 * hour), 1), ("new", now - hour, 1)).Accepted);
            node.Test.Await(node.WhenSavedAsync());
        }

        var rule = new RetentionRule([new Matcher(LabelName.MetricName, MatchKind.Equal, "kept")], TimeSpan.FromHours(10));
        using var again = new ShardNode(place.Path, with: settings => settings with { Retention = TimeSpan.FromHours(3), RetentionRules = [rule] });

        // Whoever gets a view gets it after the shard was opened, and no tick of the clock has come.
        Assert.Equal([$"kept {now - (5 * hour)} 1", $"new {now - hour} 1"], again.Samples());
    }
}
