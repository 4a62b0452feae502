using Pleiad.Exposition;
using Pleiad.Model;

namespace Pleiad.Node;

/// <summary>A file of OpenMetrics text, however long: read in pieces of whole lines, every sample with its time.</summary>
internal sealed class OpenMetricsFile(string path, SeriesNumbers series)
{
    private const int PieceBytes = 4 << 20;

    private static readonly PageOptions s_options = new() { Limits = new PageLimits { SamplesMax = int.MaxValue } };

    private static ReadOnlySpan<byte> End => "# EOF\n"u8;

    /// <summary>Reads all of it.</summary>
    /// <param name="take">Takes each sample: number of the series, time in milliseconds, value.</param>
    /// <param name="progress">Told how much is read, 0 to 1.</param>
    /// <param name="cancel">Gives up between two pieces.</param>
    /// <exception cref="BackfillException">It cannot be read, or is not OpenMetrics; says where.</exception>
    public void Read(Action<int, long, double> take, Action<double> progress, CancellationToken cancel)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            ReadPieces(file, new Pieces(take, series), progress, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackfillException($"cannot read {path}: {e.Message}", e);
        }
    }

    private void ReadPieces(FileStream file, Pieces pieces, Action<double> progress, CancellationToken cancel)
    {
        byte[] buffer = new byte[PieceBytes];
        byte[] page = new byte[PieceBytes + End.Length];
        int held = 0;
        long linesBefore = 0;
        long readBefore = 0;
        bool ended = false;
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            int read = file.Read(buffer, held, buffer.Length - held);
            held += read;
            readBefore += read;
            if (ended && held > 0)
            {
                throw Wrong(linesBefore + 1, "unexpected data after # EOF");
            }

            int end = buffer.AsSpan(0, held).LastIndexOf((byte)'\n') + 1;
            if (read == 0)
            {
                end = held;
            }

            if (end == 0)
            {
                if (read == 0)
                {
                    break;
                }

                if (held == buffer.Length)
                {
                    throw Wrong(linesBefore + 1, $"a line of more than {PieceBytes} bytes");
                }

                continue;
            }

            ReadOnlySpan<byte> piece = buffer.AsSpan(0, end);
            ended = piece.SequenceEqual(End) || piece.EndsWith("\n# EOF\n"u8) || (read == 0 && (piece.EndsWith("\n# EOF"u8) || piece.SequenceEqual(End[..^1])));
            if (read == 0 && !ended)
            {
                throw Wrong(linesBefore + piece.Count((byte)'\n') + 1, "data does not end with # EOF");
            }

            piece.CopyTo(page);
            int length = end;
            if (!ended)
            {
                End.CopyTo(page.AsSpan(end));
                length += End.Length;
            }

            Parse(page.AsMemory(0, length), pieces, linesBefore);
            linesBefore += piece.Count((byte)'\n');
            held -= end;
            buffer.AsSpan(end, held).CopyTo(buffer);
            progress(file.Length == 0 ? 1 : (double)(readBefore - held) / file.Length);
        }

        if (!ended)
        {
            throw Wrong(linesBefore + 1, "data does not end with # EOF");
        }
    }

    private void Parse(ReadOnlyMemory<byte> page, Pieces pieces, long linesBefore)
    {
        try
        {
            pieces.Parse(page, s_options);
        }
        catch (PageSyntaxException e)
        {
            throw new BackfillException($"{path}, line {linesBefore + e.Line}, column {e.Column}: {e.Reason}", e);
        }
        catch (PageLimitException e)
        {
            throw new BackfillException($"{path}, {linesBefore} lines before: {e.Message}", e);
        }
    }

    private BackfillException Wrong(long line, string what) => new($"{path}, line {line}: {what}");

    /// <summary>What is known from one piece to the next.</summary>
    private sealed class Pieces(Action<int, long, double> take, SeriesNumbers series)
    {
        private readonly PageMemory _memory = new();
        private readonly List<Label> _labels = [];
        private int[] _numbers = [];
        private ReadOnlyMemory<byte> _page;

        public void Parse(ReadOnlyMemory<byte> page, PageOptions options)
        {
            _page = page;
            var sink = new Sink(this);
            PageParser.Parse(page.Span, PageFormat.OpenMetrics, options, _memory, ref sink);
            _memory.Commit();
        }

        public void Take(scoped in PageSample sample)
        {
            if (!sample.HasTime)
            {
                _page.Span.Overlaps(sample.Text, out int at);
                ReadOnlySpan<byte> before = _page.Span[..at];
                throw new PageSyntaxException(
                    before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n'), "a sample without a timestamp: nobody knows when it was");
            }

            if (sample.Id >= _numbers.Length)
            {
                Array.Resize(ref _numbers, Math.Max(sample.Id + 1, Math.Max(1024, _numbers.Length * 2)));
            }

            if (sample.IsNew)
            {
                sample.ReadLabels(_labels);
                var builder = new LabelsBuilder();
                foreach (Label label in _labels)
                {
                    builder.Set(label.Name, label.Value);
                }

                _numbers[sample.Id] = series.Of(builder.ToLabels());
            }

            take(_numbers[sample.Id], sample.TimeMs, sample.Value);
        }
    }

    private readonly struct Sink(Pieces pieces) : IPageSink
    {
        public static bool WantsMetadata => false;

        public void Type(ReadOnlySpan<byte> family, MetricType type)
        {
        }

        public void Help(ReadOnlySpan<byte> family, string help)
        {
        }

        public void Unit(ReadOnlySpan<byte> family, string unit)
        {
        }

        public void Comment(ReadOnlySpan<byte> text)
        {
        }

        public void Sample(scoped in PageSample sample) => pieces.Take(in sample);
    }
}
