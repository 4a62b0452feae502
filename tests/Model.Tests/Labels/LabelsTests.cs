using System.Text;

namespace Pleiad.Model.Tests;

public sealed class LabelsTests
{
    private static readonly string[] s_texts =
        ["", "a", "A", "_", "ab", "b", "é", "ß", "日本", "\uE000", "\uFFFD", "😀", "😀a", "\uFFFF", "\U0010FFFF", "\uD7FF", "z"];

    [Fact]
    public void Labels_are_sorted_by_the_bytes_of_their_names_whatever_the_order_given()
    {
        Labels labels = Labels.From(("b", "2"), ("\uFF5E", "5"), ("a", "1"), ("😀", "6"), ("B", "0"));
        Assert.Equal(["B", "a", "b", "\uFF5E", "😀"], labels.Select(l => l.Name));
        Assert.Equal(labels, Labels.From(("😀", "6"), ("a", "1"), ("b", "2"), ("B", "0"), ("\uFF5E", "5")));
    }

    [Fact]
    public void An_empty_value_is_an_absent_label()
    {
        Labels labels = Labels.From(("a", "1"), ("b", ""));
        Assert.Equal(1, labels.Count);
        Assert.False(labels.Has("b"));
        Assert.Equal(string.Empty, labels.Get("b"));
        Assert.Equal(Labels.From(("a", "1")), labels);
        Assert.Same(Labels.Empty, Labels.From(("a", "")));
    }

    [Fact]
    public void A_name_given_twice_or_empty_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Labels.From(("a", "1"), ("a", "2")));
        Assert.ThrowsAny<ArgumentException>(() => Labels.From(("", "1")));
    }

    [Fact]
    public void Equal_labels_hash_alike_and_others_do_not()
    {
        Labels one = Labels.From(("a", "bc"), ("d", "e"));
        Assert.Equal(one.Hash, Labels.From(("d", "e"), ("a", "bc")).Hash);
        Assert.Equal(one.GetHashCode(), Labels.From(("d", "e"), ("a", "bc")).GetHashCode());
        Assert.NotEqual(one.Hash, Labels.From(("a", "b"), ("cd", "e")).Hash);
        Assert.NotEqual(one.Hash, Labels.From(("a", "bcd"), ("d", "e")).Hash);
        Assert.NotEqual(one, Labels.From(("a", "bc")));
        Assert.False(one.Equals(null));
    }

    [Fact]
    public void Hashes_never_change()
    {
        Assert.Equal(0xf28c8afcd224e55fUL, Labels.From(("__name__", "up"), ("instance", "localhost:9090"), ("job", "prometheus")).Hash);
        Assert.Equal(0x2d81cb41255508c4UL, Labels.From(("__name__", "größe"), ("a.b", "日本 😀")).Hash);
        Assert.Equal(0xef46db3751d8e999UL, Labels.Empty.Hash);
        Assert.Equal(
            Labels.From(("a", "1")).Hash,
            LabelsHash.Without(Labels.From(("a", "1"), ("le", "5"), ("__name__", "x")), "__name__", "le"));
    }

    [Fact]
    public void Long_labels_hash_as_their_bytes()
    {
        string value = new('x', 5000);
        byte[] bytes = [.. Encoding.UTF8.GetBytes("name"), 0xFF, .. Encoding.UTF8.GetBytes(value), 0xFF];
        Assert.Equal(XxHash64.Of(bytes), Labels.From(("name", value)).Hash);
    }

    [Fact]
    public void Without_and_only_divide_a_set()
    {
        Labels labels = Labels.From(("a", "1"), ("b", "2"), ("c", "3"));
        Assert.Equal(Labels.From(("a", "1"), ("c", "3")), labels.Without("b", "x"));
        Assert.Equal(Labels.From(("b", "2")), labels.Only("b", "x"));
        Assert.Same(labels, labels.Without("x"));
        Assert.Same(labels, labels.Only("a", "b", "c"));
        Assert.Same(Labels.Empty, labels.Only());
    }

    [Fact]
    public void Sets_compare_name_by_name_and_value_by_value()
    {
        Labels[] ordered =
        [
            Labels.Empty,
            Labels.From(("a", "1")),
            Labels.From(("a", "1"), ("b", "1")),
            Labels.From(("a", "2")),
            Labels.From(("b", "0")),
        ];
        for (int i = 0; i < ordered.Length; i++)
        {
            for (int j = 0; j < ordered.Length; j++)
            {
                Assert.Equal(i.CompareTo(j), Math.Sign(ordered[i].CompareTo(ordered[j])));
            }
        }
    }

    [Fact]
    public void The_text_form_quotes_values_and_names_that_need_it() =>
        Assert.Equal(
            "{__name__=\"up\", \"a.b\"=\"x\\\"y\\n\"}",
            Labels.From(("__name__", "up"), ("a.b", "x\"y\n")).ToString());

    [Fact]
    public void Strings_compare_as_their_utf8_bytes_do()
    {
        foreach (string left in s_texts)
        {
            foreach (string right in s_texts)
            {
                int bytes = Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
                Assert.Equal(Math.Sign(bytes), Math.Sign(Utf8Order.Compare(left, right)));
            }
        }
    }

    [Fact]
    public void Walking_labels_allocates_nothing()
    {
        Labels labels = Labels.From(("a", "1"), ("b", "2"));
        int length = 0;
        Walk();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Walk();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(4, length);

        void Walk()
        {
            foreach (Label label in labels)
            {
                length += label.Name.Length;
            }
        }
    }
}
