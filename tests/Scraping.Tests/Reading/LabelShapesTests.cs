using Pleiad.Model;

namespace Pleiad.Scraping.Tests;

public class LabelShapesTests
{
    private static readonly Labels s_target = Labels.From(("instance", "i:1"), ("job", "j"), ("zone", "z"));

    [Fact]
    public void Keys_tell_the_labels_they_were_made_of_whatever_those_have_of_the_target()
    {
        // Every number of labels to twenty, each target label absent, as the target has it, or another; all in turn through one set of shapes, more than it keeps.
        var shapes = new LabelShapes(s_target);
        var keys = new List<(SeriesKey Key, Labels Labels)>();
        for (int round = 0; round < 2; round++)
        {
            for (int own = 0; own <= 20; own++)
            {
                for (int mask = 0; mask < 27; mask++)
                {
                    Labels labels = Make(own, mask, round);
                    keys.Add((shapes.KeyOf(labels), labels));
                }
            }
        }

        foreach ((SeriesKey key, Labels labels) in keys)
        {
            for (int asked = 0; asked < 10; asked++)
            {
                Assert.Equal(labels, key.Labels);
            }

            Assert.Same(key.Labels, key.Labels);
        }
    }

    [Fact]
    public void A_key_costs_half_of_what_it_would_with_its_labels()
    {
        var shapes = new LabelShapes(s_target);
        Labels[] labels = [.. Enumerable.Range(0, 1000).Select(static i => Make(4, 13, i))];
        SeriesKey[] keys = new SeriesKey[labels.Length];
        shapes.KeyOf(labels[0]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = shapes.KeyOf(labels[i]);
        }

        long each = (GC.GetAllocatedBytesForCurrentThread() - before) / keys.Length;
        before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = new SeriesKey(Labels.FromSortedPairs([.. labels[i].SelectMany(static label => new[] { label.Name, label.Value })]));
        }

        Assert.InRange(each, 1, (GC.GetAllocatedBytesForCurrentThread() - before) / keys.Length / 2);
    }

    // Base three of the mask tells for each label of the target: absent, the target's, another.
    private static Labels Make(int own, int mask, int seed)
    {
        var builder = new LabelsBuilder();
        foreach (Label label in s_target)
        {
            if (mask % 3 != 0)
            {
                builder.Set(label.Name, mask % 3 == 1 ? label.Value : "other");
            }

            mask /= 3;
        }

        for (int i = 0; i < own; i++)
        {
            builder.Set("k" + i, $"v{seed * i}");
        }

        return builder.ToLabels();
    }
}
