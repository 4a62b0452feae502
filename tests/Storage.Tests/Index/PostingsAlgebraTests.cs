using FsCheck;
using FsCheck.Fluent;

namespace Pleiad.Storage.Tests;

public sealed class PostingsAlgebraTests
{
    // Short and long lists, so that walking and searching are both taken.
    private static readonly Arbitrary<(int[], int[])> s_lists = (
        from left in Gen.Choose(0, 1).SelectMany(Sorted)
        from right in Gen.Choose(0, 1).SelectMany(Sorted)
        select (left, right)).ToArbitrary();

    [Fact]
    public void Intersection_is_that_of_sets() => Prop.ForAll(s_lists, static lists =>
    {
        var into = new int[Math.Min(lists.Item1.Length, lists.Item2.Length)];
        int count = PostingsAlgebra.Intersect(lists.Item1, lists.Item2, into);
        return into[..count].SequenceEqual(lists.Item1.Intersect(lists.Item2).Order());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Union_is_that_of_sets() => Prop.ForAll(s_lists, static lists =>
    {
        var into = new int[lists.Item1.Length + lists.Item2.Length];
        int count = PostingsAlgebra.Union(lists.Item1, lists.Item2, into);
        return into[..count].SequenceEqual(lists.Item1.Union(lists.Item2).Order());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Difference_is_that_of_sets() => Prop.ForAll(s_lists, static lists =>
    {
        var into = new int[lists.Item1.Length];
        int count = PostingsAlgebra.Subtract(lists.Item1, lists.Item2, into);
        return into[..count].SequenceEqual(lists.Item1.Except(lists.Item2).Order());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_marked_is_unmarked_in_order() => Prop.ForAll(s_lists, static lists =>
    {
        var bitmap = new ulong[64];
        PostingsAlgebra.Mark(lists.Item1, bitmap);
        PostingsAlgebra.Mark(lists.Item2, bitmap);
        var into = new int[PostingsAlgebra.CountMarked(bitmap)];
        int count = PostingsAlgebra.Unmark(bitmap, into);
        return into[..count].SequenceEqual(lists.Item1.Union(lists.Item2).Order());
    }).QuickCheckThrowOnFailure();

    private static Gen<int[]> Sorted(int isLong) =>
        Gen.Choose(0, 4095).ListOf(isLong == 0 ? 5 : 400).Select(static numbers => numbers.Distinct().Order().ToArray());
}
