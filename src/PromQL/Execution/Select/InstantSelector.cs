using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>At each step the newest sample of a series that is not older than the lookback; a stale marker ends the series.</summary>
internal sealed class InstantSelector : OwnBlockOperator
{
    private readonly InstantSelectNode _node;
    private readonly SampleColumns _samples = new();
    private readonly RollupColumns? _rollups;
    private readonly RollupOverlay? _overlay;
    private SeriesCursor? _cursor;

    public InstantSelector(QueryContext context, InstantSelectNode node)
        : base(context, node.Steps)
    {
        _node = node;
        if (node.Rollup is { } rollup)
        {
            _rollups = new RollupColumns();
            _overlay = new RollupOverlay(rollup, node.Window, node.Steps, RollupFunctions.InstantOf(node.Facet));
        }
    }

    // What comes between two samples, or from one histogram to the next, needs more than the newest.
    private bool LooksAtOne =>
        (Steps.Count == 1 || _node.Window.AtMs is not null) && _node.Window.Mode == WindowMode.Plain && !_node.FindsResets;

    private SelectRequest Request =>
        new(_node.Matchers, _node.Window.ReadsOver(Steps)) { StepMs = Steps.StepMs, NewestOnly = LooksAtOne, Rollup = _node.Rollup?.RequestFor(_node.Window, Steps) };

    public override async ValueTask OpenAsync() => _cursor = await Context.FetchAsync(Request).ConfigureAwait(false);

    public override bool MoveNext()
    {
        _cursor ??= Context.Source.Select(Request, Context.Canceled);
        while (_cursor.MoveNext())
        {
            Context.ThrowIfOver();
            Context.ReadSeries();
            _samples.Clear();
            bool isRolledUp = _rollups is not null && _cursor.TryReadRollups(_rollups);
            if (!isRolledUp || !_node.Rollup!.Prefers)
            {
                _cursor.Read(_samples);
            }

            if (_samples.Count == 0 && !isRolledUp)
            {
                continue;
            }

            long held = _samples.Weight + (isRolledUp ? _rollups!.Count : 0);
            Context.Hold(held);
            if (_node.FindsResets && _samples.HasHistograms)
            {
                FoundResets.Mark(_samples);
            }

            Fill();
            if (isRolledUp)
            {
                Context.SamplesRead += _rollups!.Count;
                _overlay!.Apply(_rollups, Current, Context.Annotations, _node.Span);
            }

            Context.Release(held);
            if (Current.IsEmpty)
            {
                continue;
            }

            Context.SamplesRead += StepBits.Count(Current.Present);
            Context.Counts.Add(Current, _node.Counted);
            Current.TakeLabelsOf(_cursor);
            Current.Name = NameFate.Kept;
            return true;
        }

        return false;
    }

    protected override void Dispose(bool disposing)
    {
        _cursor?.Dispose();
        _samples.Dispose();
        base.Dispose(disposing);
    }

    private void Fill()
    {
        Current.Clear();
        bool smoothed = _node.Window.Mode == WindowMode.Smoothed && _node.Facet == SampleFacet.Value;
        if (_node.Window.AtMs is not null)
        {
            FillStep(0, smoothed);
            if (Current.Has(0))
            {
                Repeat();
            }
        }
        else if (smoothed || _samples.HasHistograms || _node.Facet != SampleFacet.Value)
        {
            for (int step = 0; step < Steps.Count; step++)
            {
                FillStep(step, smoothed);
            }
        }
        else
        {
            FillFloats();
        }
    }

    private void FillFloats()
    {
        ReadOnlySpan<long> times = _samples.Times;
        ReadOnlySpan<double> from = _samples.Values;
        Span<double> into = Current.Values;
        Span<ulong> present = Current.Present;
        long lookback = _node.Window.LookbackMs;
        long at = _node.Window.EndAt(Steps.Start);
        int next = 0;
        for (int step = 0; step < into.Length; step++, at += Steps.StepMs)
        {
            while (next < times.Length && times[next] <= at)
            {
                next++;
            }

            if (next > 0 && times[next - 1] > at - lookback && !StaleMarker.Is(from[next - 1]))
            {
                into[step] = from[next - 1];
                present[step >> 6] |= 1UL << (step & 63);
            }
        }
    }

    private void FillStep(int step, bool smoothed)
    {
        long at = _node.Window.EndAt(Steps.At(step));
        if (smoothed)
        {
            FillSmoothed(step, at);
            return;
        }

        ReadOnlySpan<long> times = _samples.Times;
        int found = times.BinarySearch(at);
        int before = found >= 0 ? found : ~found - 1;
        if (before < 0 || times[before] <= at - _node.Window.LookbackMs)
        {
            return;
        }

        NativeHistogram? histogram = _samples.HasHistograms ? _samples.Histograms[before] : null;
        if (histogram?.IsStale ?? StaleMarker.Is(_samples.Values[before]))
        {
            return;
        }

        if (_node.Facet == SampleFacet.TimeOfFloat && histogram is not null)
        {
            throw new QueryException(
                QueryErrorKind.Execution, $"this should be an info metric, with float samples: {_cursor!.Labels}");
        }

        if (_node.Facet is SampleFacet.Time or SampleFacet.TimeOfFloat)
        {
            Current.Set(step, times[before] / 1000.0);
        }
        else if (_node.Facet == SampleFacet.StartTime)
        {
            if (Context.UsesStartTimes)
            {
                Current.Set(step, _samples.HasStartTimes ? _samples.StartTimes[before] / 1000.0 : 0);
            }
        }
        else if (histogram is not null)
        {
            Current.Set(step, histogram);
        }
        else
        {
            Current.Set(step, _samples.Values[before]);
        }
    }

    // Between two samples a straight line; after the last one, its value; before the first one, nothing. Stale markers are looked through,
    // and a window with floats and histograms has no value, wherever in it they lie.
    private void FillSmoothed(int step, long at)
    {
        ReadOnlySpan<long> times = _samples.Times;
        int found = times.BinarySearch(at);
        int before = found >= 0 ? found : ~found - 1;
        int after = found >= 0 ? found : ~found;
        while (before >= 0 && IsStale(before))
        {
            before--;
        }

        while (after < times.Length && IsStale(after))
        {
            after++;
        }

        if (_samples.HasHistograms && IsMixedAround(at))
        {
            Context.Annotations.MixedFloatsAndHistograms(_cursor!.Labels.MetricName, _node.Span);
            return;
        }

        if (before < 0 || times[before] <= at - _node.Window.LookbackMs)
        {
            return;
        }

        bool alone = after >= times.Length || times[after] > at + _node.Window.LookbackMs;
        if (_samples.HasHistograms && _samples.Histograms[before] is { } left)
        {
            FillHistogram(step, at, before, left, alone ? -1 : after);
        }
        else
        {
            double value = _samples.Values[before];
            Current.Set(step, alone || times[before] == at
                ? value
                : Interpolation.Between(times[before], value, times[after], _samples.Values[after], at, isCounter: false));
        }
    }

    private void FillHistogram(int step, long at, int before, NativeHistogram left, int after)
    {
        ReadOnlySpan<long> times = _samples.Times;
        if (times[before] == at)
        {
            Current.Set(step, left);
            return;
        }

        if (after < 0)
        {
            // A hint is about two samples in a row, not about a value that is carried on.
            Current.Set(step, left.WithHint(CounterResetHint.Unknown));
            return;
        }

        NativeHistogram right = _samples.Histograms[after]!;
        string metric = _cursor!.Labels.MetricName;
        if (left.UsesCustomBuckets != right.UsesCustomBuckets)
        {
            Context.Annotations.MixedExponentialAndCustom(metric, _node.Span);
            return;
        }

        bool isCounter = left.ResetHint != CounterResetHint.Gauge || right.ResetHint != CounterResetHint.Gauge;
        var arithmetic = new HistogramArithmetic(Context.Annotations, _node.Span);
        if (arithmetic.Between(times[before], left, times[after], right, at, isCounter, metric) is { } between)
        {
            Current.Set(step, between);
        }
    }

    private bool IsMixedAround(long at)
    {
        ReadOnlySpan<long> times = _samples.Times;
        bool floats = false;
        bool histograms = false;
        for (int i = EdgeSamples.FirstAfter(times, at - _node.Window.LookbackMs); i < times.Length && times[i] <= at + _node.Window.LookbackMs; i++)
        {
            if (!IsStale(i))
            {
                floats |= _samples.Histograms[i] is null;
                histograms |= _samples.Histograms[i] is not null;
            }
        }

        return floats && histograms;
    }

    private bool IsStale(int index) =>
        _samples.HasHistograms && _samples.Histograms[index] is { } histogram ? histogram.IsStale : StaleMarker.Is(_samples.Values[index]);

    private void Repeat()
    {
        if (Current.HistogramAt(0) is { } histogram)
        {
            for (int step = 1; step < Steps.Count; step++)
            {
                Current.Set(step, histogram);
            }
        }
        else
        {
            Current.Values.Fill(Current.Values[0]);
            Current.FillPresent();
        }
    }
}
