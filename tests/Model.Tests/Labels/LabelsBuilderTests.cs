namespace Pleiad.Model.Tests;

public sealed class LabelsBuilderTests
{
    [Fact]
    public void Random_edits_agree_with_a_dictionary()
    {
        var random = new Random(4);
        for (int round = 0; round < 200; round++)
        {
            var expected = new SortedDictionary<string, string>(Utf8Order.Comparer);
            var builder = new LabelsBuilder();
            for (int edit = 0; edit < 40; edit++)
            {
                string name = ((char)('a' + random.Next(8))).ToString();
                string value = random.Next(3) == 0 ? string.Empty : random.Next(5).ToString();
                if (random.Next(4) == 0)
                {
                    builder.Remove(name);
                    expected.Remove(name);
                }
                else
                {
                    builder.Set(name, value);
                    if (value.Length == 0)
                    {
                        expected.Remove(name);
                    }
                    else
                    {
                        expected[name] = value;
                    }
                }

                Assert.Equal(expected.GetValueOrDefault(name, string.Empty), builder.Get(name));
            }

            Assert.Equal(expected.Select(e => new Label(e.Key, e.Value)), builder.ToLabels());
            Assert.Equal(expected.Count, builder.Count);
        }
    }

    [Fact]
    public void Nothing_changed_gives_the_very_labels_it_began_with()
    {
        Labels labels = Labels.From(("a", "1"), ("b", "2"));
        var builder = new LabelsBuilder(labels);
        Assert.Same(labels, builder.ToLabels());
        Assert.Same(labels, builder.Set("a", "1").Remove("x").ToLabels());
        Assert.Equal(Labels.From(("b", "2")), builder.Remove("a").ToLabels());
        Assert.Same(labels, builder.Reset(labels).ToLabels());
        Assert.Same(Labels.Empty, builder.Clear().ToLabels());
    }

    [Fact]
    public void What_was_built_does_not_change_with_the_builder()
    {
        var builder = new LabelsBuilder();
        Labels first = builder.Set("a", "1").ToLabels();
        builder.Set("a", "2").RemoveAll(l => l.Name == "z");
        Assert.Equal("1", first.Get("a"));
        Assert.Equal("2", builder.ToLabels().Get("a"));
        Assert.Equal(0, builder.RemoveAll(_ => true).Count);
        Assert.Same(Labels.Empty, builder.ToLabels());
    }

    [Fact]
    public void An_empty_name_is_refused() => Assert.ThrowsAny<ArgumentException>(() => new LabelsBuilder().Set("", "x"));

    [Fact]
    public void Adding_in_any_order_makes_what_setting_makes_and_takes_no_name_twice()
    {
        var random = new Random(6);
        for (int round = 0; round < 200; round++)
        {
            var set = new LabelsBuilder();
            var added = new LabelsBuilder();
            for (int edit = 0; edit < 12; edit++)
            {
                string name = ((char)('a' + random.Next(12))).ToString();
                string value = random.Next(5) == 0 ? string.Empty : $"{edit}";
                bool isThere = set.Has(name);
                Assert.Equal(!isThere, added.TryAdd(name, value));
                if (!isThere)
                {
                    set.Set(name, value);
                }
            }

            Assert.Equal(set.ToLabels(), added.ToLabels());
        }
    }
}
