using System.Runtime.InteropServices;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>
/// Texts, places, table and order of pages that came alike several times in a row. Replicas of one program serve the same texts, so what is known of their pages is held once for all of them.
/// Thread-safe.
/// </summary>
/// <remarks>Nobody writes to arrays that are here: a target whose page changes copies them first.</remarks>
internal sealed class SettledPages
{
    /// <summary>So many are looked among; a later one pushes out an earlier one, which stays with the targets that have it.</summary>
    public const int PlacesCount = 4096;

    /// <summary>Those of this process.</summary>
    public static readonly SettledPages Process = new();

    private readonly WeakReference<SettledPage>?[] _places = new WeakReference<SettledPage>?[PlacesCount];

    /// <summary>The page that is equal to this one, if it is known; else this one, known from now on.</summary>
    public SettledPage Share(SettledPage page)
    {
        ref WeakReference<SettledPage>? place = ref _places[page.Hash % PlacesCount];
        if (Volatile.Read(ref place) is { } reference && reference.TryGetTarget(out SettledPage? known) && known.Equals(page))
        {
            return known;
        }

        Volatile.Write(ref place, new WeakReference<SettledPage>(page));
        return page;
    }
}

/// <summary>What <see cref="PageMemory"/> knows of a page that came alike several times in a row. Nobody writes to its arrays any more.</summary>
/// <param name="texts">Bytes of all texts.</param>
/// <param name="entries">Their places, by number.</param>
/// <param name="order">Numbers in order of the page.</param>
/// <param name="table">Numbers by hash.</param>
internal sealed class SettledPage(byte[] texts, PageMemory.Entry[] entries, int[] order, int[] table)
{
    public byte[] Texts { get; } = texts;

    public PageMemory.Entry[] Entries { get; } = entries;

    public int[] Order { get; } = order;

    public int[] Table { get; } = table;

    public ulong Hash { get; } = XxHash64.Of(texts);

    public bool Equals(SettledPage other) =>
        Hash == other.Hash
        && Order.AsSpan().SequenceEqual(other.Order)
        && Table.AsSpan().SequenceEqual(other.Table)
        && MemoryMarshal.AsBytes(Entries.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(other.Entries.AsSpan()))
        && Texts.AsSpan().SequenceEqual(other.Texts);
}
