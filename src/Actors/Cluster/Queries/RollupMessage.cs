using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>Which rollups are asked for, and the buckets that answer.</summary>
internal static class RollupMessage
{
    /// <summary>Writes what is asked for.</summary>
    public static void Write(MessageWriter into, int field, RollupRequest request)
    {
        int mark = into.Begin(field);
        into.Number(1, (ulong)request.ResolutionMs);
        into.Signed(2, request.Ends.After);
        into.Signed(3, request.Ends.Through);
        into.Number(4, (ulong)request.Columns);
        into.Number(5, request.Prefers ? 1UL : 0);
        into.End(mark);
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="WireFormatException">It is none.</exception>
    public static RollupRequest Read(ReadOnlySpan<byte> message)
    {
        ulong resolution = 0;
        long after = 0;
        long through = 0;
        int columns = 0;
        bool prefers = false;
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    resolution = reader.Number();
                    break;
                case 2:
                    after = reader.Signed();
                    break;
                case 3:
                    through = reader.Signed();
                    break;
                case 4:
                    columns = reader.Number((1 << RollupColumns.ColumnCount) - 1);
                    break;
                case 5:
                    prefers = reader.Number() != 0;
                    break;
            }
        }

        return resolution is > 0 and <= long.MaxValue
            ? new RollupRequest((long)resolution, new TimeRange(after, through), columns, prefers)
            : throw new WireFormatException("rollups of no resolution");
    }

    /// <summary>Writes the buckets of a series.</summary>
    /// <param name="into">Where to.</param>
    /// <param name="field">Of the message around it.</param>
    /// <param name="buckets">The columns that were asked for are sent.</param>
    /// <param name="request">What was asked for.</param>
    public static void Write(MessageWriter into, int field, RollupColumns buckets, RollupRequest request)
    {
        int mark = into.Begin(field);
        into.Column(1, buckets.Ends);
        into.Signed(2, buckets.AloneThrough);
        for (int column = 0; column < RollupColumns.ColumnCount; column++)
        {
            if (request.Reads((RollupColumn)column))
            {
                int of = into.Begin(3);
                into.Number(1, (ulong)column);
                into.Column(2, buckets[(RollupColumn)column]);
                into.End(of);
            }
        }

        into.End(mark);
    }

    /// <summary>Reads them.</summary>
    /// <exception cref="WireFormatException">They are none.</exception>
    public static FetchedRollups ReadBuckets(ReadOnlySpan<byte> message)
    {
        long[] ends = [];
        long alone = long.MinValue;
        var columns = new List<(RollupColumn Column, double[] Values)>();
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    ends = reader.Column<long>();
                    break;
                case 2:
                    alone = reader.Signed();
                    break;
                case 3:
                    columns.Add(Column(reader.Bytes()));
                    break;
            }
        }

        for (int i = 1; i < ends.Length; i++)
        {
            if (ends[i] <= ends[i - 1])
            {
                throw new WireFormatException("buckets that are not in order of time");
            }
        }

        return columns.TrueForAll(column => column.Values.Length == ends.Length)
            ? new FetchedRollups(ends, columns, alone)
            : throw new WireFormatException("buckets whose columns do not belong together");
    }

    private static (RollupColumn Column, double[] Values) Column(ReadOnlySpan<byte> message)
    {
        int column = 0;
        double[] values = [];
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    column = reader.Number(RollupColumns.ColumnCount - 1);
                    break;
                case 2:
                    values = reader.Column<double>();
                    break;
            }
        }

        return ((RollupColumn)column, values);
    }
}

/// <summary>The buckets of a series that another node has sent.</summary>
/// <param name="Ends">Ascending.</param>
/// <param name="Columns">Those that were asked for, as many values each.</param>
/// <param name="AloneThrough">See <see cref="RollupColumns.AloneThrough"/>.</param>
internal sealed record FetchedRollups(long[] Ends, IReadOnlyList<(RollupColumn Column, double[] Values)> Columns, long AloneThrough)
{
    /// <summary>Takes the place of what is there.</summary>
    public void Read(RollupColumns into)
    {
        into.Clear();
        into.AloneThrough = AloneThrough;
        int first = into.Add(Ends);
        foreach ((RollupColumn column, double[] values) in Columns)
        {
            into.Set(column, first, values);
        }
    }
}
