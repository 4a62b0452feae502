namespace Pleiad.Storage;

/// <summary>Names and limits of the payload that carries one batch of one shard. Every byte is in docs/formats/segment-log.md.</summary>
internal static class BatchRecord
{
    /// <summary>The version written; readers accept it and all before it.</summary>
    public const byte Version = 2;

    /// <summary>In how many records a series is defined: a record that is lost takes no definition with it.</summary>
    public const byte DefinitionsMax = 2;

    /// <summary>Rows of one batch.</summary>
    public const int RowsMax = 1 << 24;

    /// <summary>Labels of one series.</summary>
    public const int LabelsMax = 4096;

    /// <summary>UTF-8 bytes of one label name or value.</summary>
    public const int TextBytesMax = 1 << 20;

    /// <summary>Bytes of one histogram.</summary>
    public const int HistogramBytesMax = 64 * 1024;

    /// <summary>Parts that a payload may have.</summary>
    [Flags]
    public enum Parts : byte
    {
        /// <summary>Rows alone.</summary>
        None = 0,

        /// <summary>Definitions of series.</summary>
        Definitions = 1,

        /// <summary>Some rows are histograms.</summary>
        Histograms = 2,

        /// <summary>Some rows have start timestamps.</summary>
        StartTimes = 4,

        /// <summary>No rows and nothing else: a tombstone.</summary>
        Deletion = 8,

        /// <summary>Some rows came later than newer samples of their series.</summary>
        Late = 16,
    }

    /// <summary>Whether a payload, by its first bytes, is a deletion.</summary>
    public static bool IsDeletion(ReadOnlySpan<byte> payload) => payload.Length > 1 && payload[0] is > 0 and <= Version && (Parts)payload[1] == Parts.Deletion;

    /// <summary>How the times of the rows are written.</summary>
    public enum TimeForm : byte
    {
        /// <summary>All rows have the base time.</summary>
        Uniform = 0,

        /// <summary>Most rows have the base time, the others are listed.</summary>
        Exceptions = 1,

        /// <summary>Each row says how far it is from the row before.</summary>
        Column = 2,
    }
}
