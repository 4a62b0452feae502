using System.Text;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>
/// Stands before a sink and turns the series of classic histograms in text pages into native histograms with custom buckets.
/// Series of one histogram stand together; whatever comes next ends it.
/// </summary>
/// <remarks>A histogram whose buckets contradict each other is left out, as in Prometheus.</remarks>
internal ref struct ClassicHistogramSink<TSink> : IPageSink
    where TSink : struct, IPageSink
{
    private readonly ref TSink _sink;
    private readonly PageOptions _options;
    private readonly PageMemory _derived;
    private readonly ClassicHistogram _histogram;
    private readonly List<Exemplar> _exemplars = [];
    private byte[] _text = new byte[256];
    private int _textLength;
    private bool _collecting;
    private ulong _group;
    private PageSample _first;

    internal ClassicHistogramSink(PageOptions options, PageMemory memory, ref TSink sink)
    {
        _sink = ref sink;
        _options = options;
        _derived = memory.Derived;
        _derived.Begin(PageFormat.OpenMetrics, options.Limits);
        _histogram = new ClassicHistogram(options.Limits.BucketsMax);
    }

    public static bool WantsMetadata => TSink.WantsMetadata;

    private enum Part
    {
        None,
        Bucket,
        Count,
        Sum,
    }

    public void Type(ReadOnlySpan<byte> family, MetricType type)
    {
        Finish();
        _sink.Type(family, type);
    }

    public void Help(ReadOnlySpan<byte> family, string help)
    {
        Finish();
        _sink.Help(family, help);
    }

    public void Unit(ReadOnlySpan<byte> family, string unit)
    {
        Finish();
        _sink.Unit(family, unit);
    }

    public void Comment(ReadOnlySpan<byte> text)
    {
        Finish();
        _sink.Comment(text);
    }

    public void Sample(scoped in PageSample sample)
    {
        Part part = sample.Type == MetricType.Histogram ? Classify(in sample, out ulong group, out double bound) : None(out group, out bound);
        if (_collecting && (part == Part.None || group != _group))
        {
            Finish();
        }

        if (part == Part.None)
        {
            _sink.Sample(in sample);
            return;
        }

        if (!_collecting)
        {
            Begin(in sample, group);
        }

        sample.ReadExemplars(_exemplars);
        switch (part)
        {
            case Part.Bucket:
                _histogram.AddBucket(bound, sample.Value);
                break;
            case Part.Count:
                _histogram.Count = sample.Value;
                break;
            default:
                _histogram.Sum = sample.Value;
                break;
        }

        if (_options.KeepClassicHistograms)
        {
            _sink.Sample(in sample);
        }
    }

    /// <summary>Pushes the histogram that was being collected, if it holds together.</summary>
    internal void Finish()
    {
        if (!_collecting)
        {
            return;
        }

        _collecting = false;
        NativeHistogram? histogram = _histogram.Convert();
        if (histogram is not null)
        {
            ReadOnlySpan<byte> text = _text.AsSpan(0, _textLength);
            PageSample sample = _first;
            sample.Id = _derived.FindWhole(text, PageMemory.Kind.Series, 0, out bool isNew);
            sample.IsNew = isNew;
            sample.IsDerived = true;
            sample.Text = text;
            sample.Histogram = histogram;
            sample.Value = 0;
            sample.HasExemplars = _exemplars.Count > 0;
            sample.ExemplarList = _exemplars;
            _sink.Sample(in sample);
        }

        _histogram.Clear();
        _exemplars.Clear();
    }

    private static Part None(out ulong group, out double bound)
    {
        group = 0;
        bound = 0;
        return Part.None;
    }

    private static Part PartOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> family)
    {
        if (family.IsEmpty || !name.StartsWith(family))
        {
            return Part.None;
        }

        ReadOnlySpan<byte> suffix = name[family.Length..];
        return suffix switch
        {
            _ when suffix.SequenceEqual("_bucket"u8) => Part.Bucket,
            _ when suffix.SequenceEqual("_count"u8) => Part.Count,
            _ when suffix.SequenceEqual("_sum"u8) => Part.Sum,
            _ => Part.None,
        };
    }

    // Which line of which histogram: the group is the same for equal labels in any order, le apart.
    private static Part Classify(scoped in PageSample sample, out ulong group, out double bound)
    {
        Part part = Part.None;
        group = XxHash64.Of(sample.TypeFamily);
        bound = double.NaN;
        var walk = new LabelWalk(sample.Text);
        while (walk.MoveNext())
        {
            if (walk.IsMetricName)
            {
                part = PartOf(walk.Name, sample.TypeFamily);
            }
            else if (!walk.Name.SequenceEqual("le"u8))
            {
                group += XxHash64.Of(walk.Value, XxHash64.Of(walk.Name));
            }
            else if (!FloatText.TryRead(walk.Value, out bound))
            {
                bound = double.NaN;
            }
        }

        return part == Part.Bucket && double.IsNaN(bound) ? Part.None : part;
    }

    private void Begin(scoped in PageSample sample, ulong group)
    {
        _collecting = true;
        _group = group;
        _first = new PageSample
        {
            Format = sample.Format,
            Options = sample.Options,
            Type = sample.Type,
            HasTime = sample.HasTime,
            TimeMs = sample.TimeMs,
            StartMs = sample.StartMs,
        };
        _textLength = 0;
        Write("{\""u8);
        Write(sample.TypeFamily);
        Write("\""u8);
        var walk = new LabelWalk(sample.Text);
        while (walk.MoveNext())
        {
            if (walk.IsMetricName || walk.Name.SequenceEqual("le"u8))
            {
                continue;
            }

            Write(",\""u8);
            Write(walk.Name);
            Write("\"=\""u8);
            Write(walk.Value);
            Write("\""u8);
        }

        Write("}"u8);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (_textLength + bytes.Length > _text.Length)
        {
            Array.Resize(ref _text, Math.Max(_text.Length * 2, _textLength + bytes.Length));
        }

        bytes.CopyTo(_text.AsSpan(_textLength));
        _textLength += bytes.Length;
    }
}
