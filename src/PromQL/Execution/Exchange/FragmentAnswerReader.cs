using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Reads what <see cref="FragmentAnswerWriter"/> has written on another node. What it reads counts as held by the query from then on.</summary>
public sealed class FragmentAnswerReader
{
    // Avg of sums and of histograms needs most; none needs nearly as many.
    private const int FurtherMax = 16;

    private readonly Steps _steps;
    private readonly QueryContext _context;
    private readonly LabelSymbolsReader _symbols;
    private readonly SeriesRows _rows;
    private readonly List<int> _refs = [];
    private readonly List<NativeHistogram?> _histograms = [];
    private TimeSpan _time;

    internal FragmentAnswerReader(Steps steps, QueryContext context, LabelSymbolsReader symbols)
    {
        _steps = steps;
        _context = context;
        _symbols = symbols;
        _rows = new SeriesRows(steps);
    }

    /// <summary>Whether the last message has come.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Takes in the next message.</summary>
    /// <exception cref="WireFormatException">It is none.</exception>
    /// <exception cref="QueryException">The query holds too many samples.</exception>
    public void Read(ReadOnlySpan<byte> message)
    {
        var reader = new MessageReader(message);
        if (IsComplete || !reader.Next(out int kind) || kind is not (1 or 2))
        {
            throw new WireFormatException("a message of an answer that is over, or of no known kind");
        }

        if (kind == 1)
        {
            Row(reader.Bytes());
        }
        else
        {
            Summary(reader.Bytes());
            IsComplete = true;
        }
    }

    /// <summary>The answer; once it is complete.</summary>
    public FragmentAnswer Finish() =>
        IsComplete ? new FragmentAnswer(_rows, _context, _time) : throw new InvalidOperationException("the answer is not complete");

    /// <summary>Nobody wants it any more: it is not held any longer.</summary>
    public void GiveUp() => _context.HoldOnly(0);

    private void Row(ReadOnlySpan<byte> message)
    {
        int name = 0;
        int count = 0;
        int further = 0;
        ulong[] present = [];
        double[] values = [];
        _refs.Clear();
        _histograms.Clear();
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    _symbols.Add(reader.Text());
                    break;
                case 2:
                    reader.Numbers(_refs);
                    break;
                case 3:
                    name = reader.Number((int)NameFate.Dropped);
                    break;
                case 4:
                    count = reader.Number(_steps.Count);
                    break;
                case 5:
                    further = reader.Number(FurtherMax);
                    break;
                case 6:
                    present = reader.Column<ulong>();
                    break;
                case 7:
                    values = reader.Column<double>();
                    break;
                case 8:
                    _histograms.Add(HistogramMessage.Read(reader.Bytes()));
                    break;
            }
        }

        bool isDense = count == _steps.Count;
        bool isPresent = isDense ? present.Length == 0
            : present.Length == _steps.Words && StepBits.Count(present) == count && (present[^1] & ~StepBits.TailMask(_steps.Count)) == 0;
        if (!isPresent || values.Length != (long)count * (1 + further) || (_histograms.Count != 0 && _histograms.Count != count))
        {
            throw new WireFormatException("a series whose columns do not belong together");
        }

        Labels labels = _symbols.Read(_refs);
        _context.KeepLabels(labels);
        _context.Hold(SeriesRows.WeightOf(values, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_histograms)));
        _rows.AddPacked(labels, (NameFate)name, count, further, present, values, _histograms.ToArray());
    }

    private void Summary(ReadOnlySpan<byte> message)
    {
        long total = 0;
        long[] each = [];
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    total = Count(reader.Number());
                    break;
                case 2:
                    _context.SeriesRead = Count(reader.Number());
                    break;
                case 3:
                    _time = TimeSpan.FromTicks(Count(reader.Number()));
                    break;
                case 4:
                    _context.Annotations.Read(reader.Bytes());
                    break;
                case 5:
                    _context.Joins.Read(reader.Bytes());
                    break;
                case 6:
                    _context.SamplesRead = Count(reader.Number());
                    break;
                case 7:
                    each = reader.Column<long>();
                    break;
            }
        }

        if (each.Length != 0 && each.Length != _context.Run.Origin.Steps.Count)
        {
            throw new WireFormatException("counts of other steps than those of the query");
        }

        _context.Counts.Absorb(total, each);
    }

    private static long Count(ulong value) => value <= long.MaxValue ? (long)value : throw new WireFormatException($"{value} is no count");
}
