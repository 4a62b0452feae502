using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>A part of a plan for the series of a shard. Safe for many threads.</summary>
public sealed class PlanFragment
{
    private readonly PlanNode _plan;
    private readonly QueryRun _run;

    internal PlanFragment(PlanNode plan, QueryRun run)
    {
        _plan = plan;
        _run = run;
    }

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

/// <summary>What a shard says to a fragment.</summary>
public sealed class FragmentAnswer
{
    internal FragmentAnswer(SeriesRows rows, QueryContext context, TimeSpan time)
    {
        Rows = rows;
        Context = context;
        Time = time;
    }

    internal SeriesRows Rows { get; }

    internal QueryContext Context { get; }

    internal TimeSpan Time { get; }
}
