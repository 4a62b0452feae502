using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>The sort functions: order an instant result; in a range query, whose result is ordered by labels anyway, they change nothing.</summary>
/// <param name="floatsOnly">Leave histograms out: they have no order.</param>
internal sealed class Sorted(QueryContext context, SeriesOperator inner, Comparison<SeriesBlock>? order, bool floatsOnly)
    : SeriesOperator(context, inner.Steps, inner)
{
    private readonly List<SeriesBlock> _blocks = [];
    private bool _read;
    private int _next;

    public override bool MoveNext()
    {
        if (order is null)
        {
            return NextKept();
        }

        if (!_read)
        {
            _read = true;
            while (NextKept())
            {
                Context.ThrowIfOver();
                Context.KeepColumn(Steps);
                Context.Hold(Current.Weight);
                _blocks.Add(Current.Copy());
            }

            Context.Sort(_blocks, order);
        }

        if (_next >= _blocks.Count)
        {
            return false;
        }

        Current = _blocks[_next++];
        return true;
    }

    private bool NextKept()
    {
        while (inner.MoveNext())
        {
            Current = inner.Current;
            if (floatsOnly)
            {
                Current.KeepFloats();
            }

            if (!Current.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    protected override void Dispose(bool disposing)
    {
        foreach (SeriesBlock block in _blocks)
        {
            block.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>The orders of the sort functions, at the first step.</summary>
internal static class SortOrders
{
    /// <summary>By value, NaN last either way; equal ones by labels, so that the order does not depend on where series lie.</summary>
    public static Comparison<SeriesBlock> ByValue(bool descending) => (a, b) =>
    {
        double left = a.Values[0];
        double right = b.Values[0];
        int order = double.IsNaN(left) || double.IsNaN(right)
            ? double.IsNaN(left).CompareTo(double.IsNaN(right))
            : descending ? right.CompareTo(left) : left.CompareTo(right);
        return order != 0 ? order : a.SeenLabels.CompareTo(b.SeenLabels);
    };

    /// <summary>By labels in natural order, then by the whole label set.</summary>
    public static Comparison<SeriesBlock> ByLabels(IReadOnlyList<string> names, bool descending) => (a, b) =>
    {
        Labels left = a.SeenLabels;
        Labels right = b.SeenLabels;
        int order = 0;
        for (int i = 0; i < names.Count && order == 0; i++)
        {
            order = NaturalOrder.Compare(left.Get(names[i]), right.Get(names[i]));
        }

        order = order != 0 ? order : left.CompareTo(right);
        return descending ? -order : order;
    };
}

/// <summary>Text order in which runs of digits compare as numbers: <c>node2</c> before <c>node10</c>.</summary>
internal static class NaturalOrder
{
    /// <summary>Negative, zero or positive. Numbers that differ only in leading zeros are equal until all the rest is.</summary>
    public static int Compare(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        int zeros = 0;
        while (!left.IsEmpty && !right.IsEmpty)
        {
            ReadOnlySpan<char> a = NextRun(left);
            ReadOnlySpan<char> b = NextRun(right);
            bool numbers = char.IsAsciiDigit(a[0]) && char.IsAsciiDigit(b[0]);
            int order = numbers ? CompareNumbers(a, b) : a.SequenceCompareTo(b);
            if (order != 0)
            {
                return order;
            }

            zeros = zeros != 0 ? zeros : b.Length - a.Length;
            left = left[a.Length..];
            right = right[b.Length..];
        }

        return left.Length != right.Length ? left.Length.CompareTo(right.Length) : zeros;
    }

    private static ReadOnlySpan<char> NextRun(ReadOnlySpan<char> text)
    {
        bool digits = char.IsAsciiDigit(text[0]);
        int end = 1;
        while (end < text.Length && char.IsAsciiDigit(text[end]) == digits)
        {
            end++;
        }

        return text[..end];
    }

    private static int CompareNumbers(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        ReadOnlySpan<char> a = left.TrimStart('0');
        ReadOnlySpan<char> b = right.TrimStart('0');
        return a.Length != b.Length ? a.Length.CompareTo(b.Length) : a.SequenceCompareTo(b);
    }
}
