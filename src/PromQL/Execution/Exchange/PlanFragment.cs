using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>A part of a plan for the series of a shard. Safe for many threads.</summary>
public sealed class PlanFragment
{
    private readonly ExchangeNode _exchange;
    private readonly PlanNode _plan;
    private readonly QueryRun _run;

    internal PlanFragment(ExchangeNode exchange, QueryRun run)
    {
        _exchange = exchange;
        _plan = exchange.Fragment;
        _run = run;
    }

    /// <summary>What another node has to be told to make the same fragment: see <see cref="Engine.Fragment"/>.</summary>
    public FragmentRequest Request() => new(_run.Origin, _exchange.Number, FragmentRequest.FingerprintOf(_exchange), Math.Max(0, _run.Budget.Left))
    {
        IsMeasured = _run.Measures is not null,
    };

    /// <summary>The answer of a shard that nobody could be asked about: no series.</summary>
    public FragmentAnswer Nothing() => new(new SeriesRows(_plan.Steps), NewContext(), TimeSpan.Zero);

    /// <summary>Begins to read the answer that another node has made for a shard.</summary>
    public FragmentAnswerReader Reader(LabelSymbolsReader symbols) => new(_plan.Steps, NewContext(), symbols);

    private QueryContext NewContext() => new(_run, NoSeries.Instance, _run.Budget.SlackMax);

    /// <summary>Evaluates it over the series of one shard, on the thread of the caller.</summary>
    /// <exception cref="QueryException">It fails, or the query runs into a limit.</exception>
    public FragmentAnswer Run(ISeriesSource shard)
    {
        long begun = _run.Measures?.GetTimestamp() ?? 0;
        var context = new QueryContext(_run, shard, _run.Budget.SlackMax);
        context.ThrowIfOver();
        var rows = new SeriesRows(_plan.Steps);
        using (SeriesOperator series = new OperatorBuilder(context).Series(_plan))
        {
            // Nothing in a fragment waits for others, so it is open at once.
            ValueTask opened = series.OpenAsync();
            if (!opened.IsCompletedSuccessfully)
            {
                throw new InvalidOperationException("a fragment may not wait");
            }

            while (series.MoveNext())
            {
                context.ThrowIfOver();
                context.Hold(rows.Add(series.Current));
            }
        }

        context.HoldOnly(rows.Values);
        return new FragmentAnswer(rows, context, _run.Measures?.GetElapsedTime(begun) ?? TimeSpan.Zero);
    }

    /// <summary>
    /// Evaluates it over several shards of this process, on the caller's thread; others help once it is known to be more than waking them costs.
    /// </summary>
    /// <param name="shards">Their series.</param>
    /// <param name="threads">Threads at most; at least 1.</param>
    /// <returns>One answer a shard, in their order.</returns>
    /// <exception cref="QueryException">One of them fails; the others are then not begun any more.</exception>
    public Task<IReadOnlyList<FragmentAnswer>> RunAllAsync(IReadOnlyList<ISeriesSource> shards, int threads)
    {
        ArgumentNullException.ThrowIfNull(shards);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        return new FragmentCrew(this, shards, threads).RunAsync();
    }
}
