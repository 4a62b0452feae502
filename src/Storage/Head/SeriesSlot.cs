using System.Runtime.InteropServices;

namespace Pleiad.Storage;

/// <summary>All there is about one series, without a reference: two cache lines in a page of its shard's table.</summary>
/// <remarks>
/// Fields below "published" change only between <see cref="BeginChange"/> and <see cref="EndChange"/>; readers on other
/// threads copy them by <see cref="Read"/>. The prepared fields and <see cref="Defined"/> are the writer's alone.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal struct SeriesSlot
{
    /// <summary>No batch has made the series visible.</summary>
    public const long NotYet = long.MaxValue;

    /// <summary>No sample yet.</summary>
    public const long NoTime = long.MinValue;

    // Odd while a change is under way.
    private int _version;

    /// <summary>Which use of the slot.</summary>
    public int Generation;

    /// <summary>Hash of the labels.</summary>
    public ulong Hash;

    // published

    /// <summary>The batch that brought the first sample; views before it do not see the series. <see cref="NotYet"/> for none.</summary>
    public long CreatedSeq;

    /// <summary>The batch that changed the series last.</summary>
    public long ChangedSeq;

    /// <summary>Time of the oldest sample held.</summary>
    public long OldestTime;

    /// <summary>Time of the first sample of the open chunk.</summary>
    public long FirstTime;

    /// <summary>The last sample; its time is <see cref="NoTime"/> before the first. For a histogram the value is the hash of its bytes.</summary>
    public GorillaTail Tail;

    /// <summary>Arena: the numbers of the label pairs, in order of names.</summary>
    public int LabelsAt;

    /// <summary>Arena: the open chunk; 0 for none.</summary>
    public int OpenAt;

    /// <summary>Bits used in it.</summary>
    public int OpenBits;

    /// <summary>Arena: the newest sealed chunk; 0 for none.</summary>
    public int SealedAt;

    /// <summary>Samples ever accepted, dropped ones included: the number of the next one.</summary>
    public int Total;

    /// <summary>Samples in the open chunk.</summary>
    public ushort OpenCount;

    /// <summary>Labels of the series.</summary>
    public ushort LabelCount;

    /// <summary>Size class of the open chunk's piece.</summary>
    public byte OpenClass;

    /// <summary>Encoding of the open chunk.</summary>
    public ChunkEncoding Encoding;

    // the writer's alone

    /// <summary>In how many records, durable or on their way, the series is defined; at most <see cref="BatchRecord.DefinitionsMax"/>.</summary>
    public byte Defined;

    /// <summary>Whether the slot belongs to a series.</summary>
    public bool InUse;

    /// <summary>The batch (low 32 bits of its number) that defined the series last.</summary>
    public int DefinedIn;

    /// <summary>Time of the last sample prepared, whether applied yet or not.</summary>
    public long PreparedTime;

    /// <summary>Its bits.</summary>
    public ulong PreparedBits;

    /// <summary>Opens a change that readers must not see half of.</summary>
    public void BeginChange()
    {
        Volatile.Write(ref _version, _version + 1);
        Volatile.WriteBarrier();
    }

    /// <summary>Closes the change.</summary>
    public void EndChange() => Volatile.Write(ref _version, _version + 1);

    /// <summary>A consistent copy of the published fields, from any thread.</summary>
    public static void Read(ref readonly SeriesSlot slot, out SeriesSlot copy)
    {
        var spin = default(SpinWait);
        while (true)
        {
            int version = Volatile.Read(in slot._version);
            if ((version & 1) == 0)
            {
                copy = slot;
                Volatile.ReadBarrier();
                if (slot._version == version)
                {
                    return;
                }
            }

            spin.SpinOnce(sleep1Threshold: -1);
        }
    }
}
