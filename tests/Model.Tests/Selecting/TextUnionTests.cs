namespace Pleiad.Model.Tests;

public sealed class TextUnionTests
{
    [Theory]
    [InlineData("a b c", "b d")]
    [InlineData("c a", "b a")]
    [InlineData("", "z")]
    [InlineData("\ud83d\ude00 \uffee", "\uffee")]
    public void Texts_come_once_and_in_the_order_of_their_bytes(string first, string second)
    {
        var union = new TextUnion();
        union.Add(first.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        union.Add(second.Split(' '));
        string[] expected = [.. first.Split(' ', StringSplitOptions.RemoveEmptyEntries).Concat(second.Split(' ')).Distinct()];
        Array.Sort(expected, Utf8Order.Comparer);
        Assert.Equal(expected, union.Sorted());
        Assert.Equal(expected.Length, union.Count);
    }

    [Fact]
    public void A_list_is_new_once()
    {
        var union = new TextUnion();
        Assert.True(union.IsNew(7));
        Assert.False(union.IsNew(7));
        Assert.True(union.IsNew(8));
    }

    [Fact]
    public void Who_wants_to_know_is_told_of_all_letters()
    {
        var told = new List<(int Count, long Letters)>();
        var union = new TextUnion((count, letters) => told.Add((count, letters)));
        foreach (int i in Enumerable.Range(0, (2 * TextUnion.BetweenCalls) + 1))
        {
            union.Add($"{i:D5}");
            union.Add($"{i:D5}");
        }

        Assert.Equal([(TextUnion.BetweenCalls, 5L * TextUnion.BetweenCalls), (2 * TextUnion.BetweenCalls, 5L * TextUnion.BetweenCalls)], told);
    }
}
