using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>A part of a plan for the series of a shard. Safe for many threads.</summary>
public sealed class PlanFragment
{
    // 16 shards make 3 sources: one, four and eleven.
    private const int GroupGrowth = 4;

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
        CountsSteps = _run.CountsSteps,
    };

    /// <summary>The answer of a shard that nobody could be asked about: no series.</summary>
    public FragmentAnswer Nothing() => new(new SeriesRows(_plan.Steps), NewContext(), TimeSpan.Zero);

    /// <summary>Begins to read the answer that another node has made for a shard.</summary>
    public FragmentAnswerReader Reader(LabelSymbolsReader symbols) => new(_plan.Steps, NewContext(), symbols);

    private QueryContext NewContext() => new(_run, NoSeries.Instance, _run.Budget.SlackMax);

    /// <summary>Evaluates it over the series of one shard, on the thread of the caller.</summary>
    /// <exception cref="QueryException">It fails, or the query runs into a limit.</exception>
    public FragmentAnswer Run(ISeriesSource shard) => Run(shard, shards: 1);

    /// <summary>Tells whoever follows the query that another node has answered for some shards.</summary>
    public void Answered(int shards) => _run.Progress?.Answered(shards);

    private FragmentAnswer Run(ISeriesSource source, int shards)
    {
        try
        {
            return Evaluate(source, shards);
        }
        catch (OutOfMemoryException e)
        {
            // What it held is garbage from here on.
            throw QueryContext.OutOfMemory(e);
        }
    }

    private FragmentAnswer Evaluate(ISeriesSource source, int shards)
    {
        long begun = _run.Measures?.GetTimestamp() ?? 0;
        var context = new QueryContext(_run, source, _run.Budget.SlackMax);
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
                context.KeepLabels(series.Current.Labels);
                context.Hold(rows.Add(series.Current));
            }
        }

        context.HoldOnly(rows.Weight);
        Answered(shards);
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

    /// <summary>
    /// As <see cref="RunAllAsync"/>, but over several shards as one source where what came before was little: the operators of a small query
    /// cost more to make than to run. Each shard has its own answer where the plan is measured.
    /// </summary>
    /// <param name="shards">Their series.</param>
    /// <param name="threads">Threads at most; at least 1.</param>
    /// <returns>Answers that together are those of all shards, in their order.</returns>
    /// <exception cref="QueryException">One of them fails.</exception>
    public Task<IReadOnlyList<FragmentAnswer>> RunTogetherAsync(IReadOnlyList<ISeriesSource> shards, int threads)
    {
        ArgumentNullException.ThrowIfNull(shards);
        if (_run.Measures is not null)
        {
            return RunAllAsync(shards, threads);
        }

        var answers = new List<FragmentAnswer>();
        long work = 0;
        int begun = 0;
        for (int size = 1; begun < shards.Count && (begun == 0 || FragmentCrew.IsLittle(work, begun, size)); size *= GroupGrowth)
        {
            size = Math.Min(size, shards.Count - begun);
            FragmentAnswer answer = Run(size == 1 ? shards[begun] : new SourceChain([.. shards.Skip(begun).Take(size)]), size);
            answers.Add(answer);
            work += FragmentCrew.WorkOf(answer);
            begun += size;
        }

        return begun == shards.Count ? Task.FromResult<IReadOnlyList<FragmentAnswer>>(answers) : RestAsync(answers, [.. shards.Skip(begun)], threads);
    }

    private async Task<IReadOnlyList<FragmentAnswer>> RestAsync(List<FragmentAnswer> answers, IReadOnlyList<ISeriesSource> rest, int threads)
    {
        answers.AddRange(await RunAllAsync(rest, threads).ConfigureAwait(false));
        return answers;
    }
}
