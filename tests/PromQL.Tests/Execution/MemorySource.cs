using Pleiad.Model;

namespace Pleiad.PromQL.Tests;

/// <summary>Series in memory, for tests of the engine.</summary>
internal sealed class MemorySource : ISeriesSource
{
    private readonly List<(Labels Labels, SampleColumns Samples)> _series = [];
    private int _callAt;
    private Action? _call;

    /// <summary>How often samples were read.</summary>
    public int Reads { get; private set; }

    /// <summary>A series with samples a fixed step apart, from time 0; null leaves a gap.</summary>
    public MemorySource With(string name, long stepMs, params double?[] values)
    {
        var samples = new SampleColumns();
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] is { } value)
            {
                samples.Add(i * stepMs, value);
            }
        }

        _series.Add((Parser.ParseMetric(name), samples));
        return this;
    }

    /// <summary>Calls somebody when samples are read for the so-manieth time from now on.</summary>
    public void OnRead(int count, Action call)
    {
        Reads = 0;
        _callAt = count;
        _call = call;
    }

    public SeriesCursor Select(SelectRequest request, CancellationToken cancel) => new Cursor(this, request);

    public void AddLabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
    {
    }

    public void AddLabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
    {
    }

    private sealed class Cursor(MemorySource source, SelectRequest request) : SeriesCursor
    {
        private int _at = -1;

        public override Labels Labels => source._series[_at].Labels;

        public override bool MoveNext()
        {
            while (++_at < source._series.Count)
            {
                if (request.Matchers.All(m => m.Matches(Labels)))
                {
                    return true;
                }
            }

            return false;
        }

        public override void Read(SampleColumns into)
        {
            if (++source.Reads == source._callAt)
            {
                source._call!();
            }

            SampleColumns samples = source._series[_at].Samples;
            for (int i = 0; i < samples.Count; i++)
            {
                if (request.Range.Contains(samples.Times[i]))
                {
                    into.Add(samples.Times[i], samples.Values[i]);
                }
            }
        }
    }
}
