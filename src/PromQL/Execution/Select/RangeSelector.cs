using System.Runtime.InteropServices;
using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>A range selector over storage: the samples of all windows of a series, read once.</summary>
internal sealed class RangeSelector(QueryContext context, RangeSelectNode node, string function)
    : RangeOperator(context, node.Steps, node.Window)
{
    private readonly SampleColumns _read = new();
    private readonly SampleColumns _live = new();
    private SeriesCursor? _cursor;
    private readonly RollupColumns? _rollups = node.Rollup is null ? null : new RollupColumns();
    private SampleColumns? _samples;
    private bool _isRolledUp;
    private long _held;

    public override Labels Labels => _cursor!.Labels;

    public override NameFate Name => NameFate.Kept;

    public override SampleColumns Samples => _samples!;

    public override RollupColumns? Rollups => _isRolledUp ? _rollups : null;

    private SelectRequest Request => new(node.Matchers, node.Window.ReadsOver(Steps))
    {
        StepMs = Steps.StepMs,
        Function = function,
        Rollup = node.Rollup?.RequestFor(node.Window, Steps),
    };

    public override async ValueTask OpenAsync() => _cursor = await Context.FetchAsync(Request).ConfigureAwait(false);

    public override bool MoveNext()
    {
        _cursor ??= Context.Source.Select(Request, Context.Canceled);
        while (_cursor.MoveNext())
        {
            Context.ThrowIfOver();
            Context.ReadSeries();
            Context.Release(_held);
            _held = 0;
            _read.Clear();
            _isRolledUp = _rollups is not null && _cursor.TryReadRollups(_rollups);
            if (!_isRolledUp || !node.Rollup!.Prefers)
            {
                _cursor.Read(_read);
            }

            _samples = HasStale(_read) ? WithoutStale() : _read;
            if (_samples.Count > 0 || _isRolledUp)
            {
                if (node.FindsResets && _samples.HasHistograms)
                {
                    FoundResets.Mark(_samples);
                }

                _held = _samples.Weight + (_isRolledUp ? _rollups!.Count : 0);
                Context.Hold(_held);
                return true;
            }
        }

        Context.Release(_held);
        _held = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        _cursor?.Dispose();
        _read.Dispose();
        _live.Dispose();
        base.Dispose(disposing);
    }

    private static bool HasStale(SampleColumns samples)
    {
        if (MemoryMarshal.Cast<double, ulong>(samples.Values).Contains(StaleMarker.Bits))
        {
            return true;
        }

        foreach (NativeHistogram? histogram in samples.Histograms)
        {
            if (histogram is { IsStale: true })
            {
                return true;
            }
        }

        return false;
    }

    private SampleColumns WithoutStale()
    {
        _live.Clear();
        for (int i = 0; i < _read.Count; i++)
        {
            if (_read.HasHistograms && _read.Histograms[i] is { } histogram)
            {
                if (histogram.IsStale)
                {
                    continue;
                }

                _live.Add(_read.Times[i], histogram);
            }
            else if (StaleMarker.Is(_read.Values[i]))
            {
                continue;
            }
            else
            {
                _live.Add(_read.Times[i], _read.Values[i]);
            }

            if (_read.HasStartTimes && _read.StartTimes[i] != 0)
            {
                _live.SetStartTime(_read.StartTimes[i]);
            }
        }

        return _live;
    }
}
