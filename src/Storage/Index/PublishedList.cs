namespace Pleiad.Storage;

/// <summary>
/// A sorted list of numbers that one writer extends while others read: the count stands in front, and is raised after
/// the number is there. A list is never shortened in place; a new one takes its place.
/// </summary>
internal static class PublishedList
{
    /// <summary>The numbers, as many as were there at this moment.</summary>
    public static ReadOnlySpan<int> Read(int[] list) => list.AsSpan(1, Volatile.Read(ref list[0]));

    /// <summary>A list with these numbers and room for some more.</summary>
    public static int[] Of(ReadOnlySpan<int> numbers, int room)
    {
        var list = new int[1 + numbers.Length + room];
        numbers.CopyTo(list.AsSpan(1));
        list[0] = numbers.Length;
        return list;
    }

    /// <summary>Adds a number behind the last one; the list to be used from now on is returned.</summary>
    public static int[] Append(int[] list, int number)
    {
        int count = list[0];
        if (count + 1 == list.Length)
        {
            // A quarter: postings are a good part of what a series costs.
            list = Of(list.AsSpan(1, count), Math.Max(2, count / 4));
        }

        list[count + 1] = number;
        Volatile.Write(ref list[0], count + 1);
        return list;
    }
}
