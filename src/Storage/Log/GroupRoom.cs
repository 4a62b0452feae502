using System.Numerics;

namespace Pleiad.Storage;

/// <summary>
/// How large a buffer the log keeps for the next group of records: large enough for the largest of the last ones, so that what a burst needed is not kept for ever.
/// </summary>
internal sealed class GroupRoom
{
    /// <summary>Groups that are looked at together.</summary>
    public const int GroupsOfLook = 64;

    /// <summary>So much is always kept.</summary>
    public const int BytesMin = 64 * 1024;

    /// <summary>And no more than that.</summary>
    public const int BytesMax = 4 << 20;

    private int _groups;
    private int _largest;

    /// <summary>Bytes of a buffer that is kept.</summary>
    public int BytesKept { get; private set; } = BytesMin;

    /// <summary>Notes that a group was written.</summary>
    /// <param name="bytes">It had.</param>
    public void Wrote(int bytes)
    {
        _largest = Math.Max(_largest, RoomFor(bytes));
        BytesKept = Math.Max(BytesKept, _largest);
        if (++_groups == GroupsOfLook)
        {
            BytesKept = _largest;
            _groups = 0;
            _largest = BytesMin;
        }
    }

    private static int RoomFor(int bytes) => bytes >= BytesMax ? BytesMax : Math.Max(BytesMin, (int)BitOperations.RoundUpToPowerOf2((uint)bytes));
}
