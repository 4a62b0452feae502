using Pleiad.Model;

namespace Pleiad.Storage.Tests;

public sealed class SeriesLookupTests
{
    [Fact]
    public void Series_are_found_and_gone_ones_are_not_however_many_came_and_went()
    {
        var random = new Random(7);
        var table = new SeriesTable(new ByteArena(), new LabelIndex(), new Reclaimer(static (_, _, _) => { }));
        var there = new Dictionary<int, int>();
        for (int step = 0; step < 40_000; step++)
        {
            int series = random.Next(3_000);
            Labels labels = Labels.From(("__name__", "m"), ("series", $"{series}"));
            if (there.Remove(series, out int slot))
            {
                Assert.Equal(slot, table.Find(labels));
                table.Remove(slot);
                Assert.Equal(-1, table.Find(labels));
            }
            else
            {
                Assert.Equal(-1, table.Find(labels));
                there.Add(series, table.Add(labels));
            }
        }

        Assert.Equal(there.Count, table.Count);
        Assert.All(there, one => Assert.Equal(one.Value, table.Find(Labels.From(("__name__", "m"), ("series", $"{one.Key}")))));
    }
}
