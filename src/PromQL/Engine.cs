using System.Diagnostics;
using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// Evaluates queries: text in, result out. Holds no state but its settings; safe for many queries at once.
/// Evaluation runs on the thread of the caller until something has to be waited for.
/// </summary>
public sealed class Engine
{
    private readonly EngineSettings _settings;
    private readonly TimeProvider _time;
    private readonly QueryMemory _memory;

    /// <summary>An engine.</summary>
    /// <param name="settings">Limits, defaults, and which experimental parts are on.</param>
    /// <param name="time">Measures the timeout.</param>
    public Engine(EngineSettings settings, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(time);
        _settings = settings;
        _time = time;
        _memory = new QueryMemory(settings.MemoryMax);
    }

    private Engine(EngineSettings settings, TimeProvider time, QueryMemory memory) => (_settings, _time, _memory) = (settings, time, memory);

    /// <summary>Bytes that all queries that run and all answers that are kept hold together.</summary>
    public long MemoryHeld => _memory.Held;

    /// <summary>Lets all queries together hold so many bytes more than they do now, at most what the settings say; until it is called again. What they hold stays.</summary>
    /// <param name="more">Zero or above.</param>
    /// <param name="atLeast">What they may hold together in any case.</param>
    public void LetHold(long more, long atLeast)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(more);
        ArgumentOutOfRangeException.ThrowIfNegative(atLeast);
        _memory.LetTake(more, atLeast);
    }

    /// <summary>Room for an answer beside queries; nothing is taken yet.</summary>
    public QueryRoom Room() => new(new QueryBudget(_settings, _memory));

    /// <summary>Sets what is called before a query is refused because all together hold too much: it may call <see cref="LetHold"/>, and then the query asks again.</summary>
    /// <param name="look">Called with the bytes that the query asks for, on its thread, for one at a time.</param>
    public void BeforeRefusing(Action<long> look)
    {
        ArgumentNullException.ThrowIfNull(look);
        _memory.BeforeRefusing = look;
    }

    /// <summary>The same engine, its memory included, with another step for subqueries that name none.</summary>
    /// <param name="step">Above zero.</param>
    public Engine WithSubqueryStep(TimeSpan step) => new(_settings with { SubqueryStep = step }, _time, _memory);

    /// <summary>The same engine, its memory included, whose queries hold so many samples and read so many series at most, or fewer where they may do less anyway.</summary>
    /// <param name="samplesMax">Above zero.</param>
    /// <param name="seriesMax">Above zero.</param>
    public Engine WithLimits(long samplesMax, long seriesMax) => new(
        _settings with { SamplesMax = Math.Min(samplesMax, _settings.SamplesMax), SeriesMax = Math.Min(seriesMax, _settings.SeriesMax) }, _time, _memory);

    /// <summary>The matchers of each selector that a query names, in the order written. What functions select beyond those (<c>info</c>) is not among them.</summary>
    /// <exception cref="QueryException">It is no query.</exception>
    public IReadOnlyList<IReadOnlyList<Matcher>> SelectorsOf(string query)
    {
        var found = new List<IReadOnlyList<Matcher>>();
        Add(Parser.Parse(query, _settings));
        return found;

        void Add(Expr node)
        {
            if (node is VectorSelector selector)
            {
                found.Add(selector.Matchers);
            }

            foreach (Expr child in Children.Of(node))
            {
                Add(child);
            }
        }
    }

    /// <summary>Evaluates a query at one instant.</summary>
    /// <param name="query">PromQL.</param>
    /// <param name="at">The instant.</param>
    /// <param name="source">Where series come from.</param>
    /// <param name="options">What this run sets for itself.</param>
    /// <param name="cancel">Ends the run; noticed at least once a series.</param>
    /// <exception cref="QueryException">The query is not valid, fails, or runs into a limit.</exception>
    public Task<QueryResult> InstantAsync(
        string query, Timestamp at, ISeriesSource source, QueryRunOptions options, CancellationToken cancel) =>
        RunAsync(query, null, QueryTimes.At(at.Milliseconds), source, options, cancel);

    /// <summary>Evaluates a query at every step from start through end.</summary>
    /// <param name="query">PromQL; a vector or a scalar.</param>
    /// <param name="start">The first step.</param>
    /// <param name="end">No step is later.</param>
    /// <param name="step">At least a millisecond.</param>
    /// <param name="source">Where series come from.</param>
    /// <param name="options">What this run sets for itself.</param>
    /// <param name="cancel">Ends the run; noticed at least once a series.</param>
    /// <exception cref="QueryException">The query is not valid, fails, or runs into a limit.</exception>
    public Task<QueryResult> RangeAsync(
        string query, Timestamp start, Timestamp end, TimeSpan step, ISeriesSource source, QueryRunOptions options, CancellationToken cancel) =>
        RunAsync(query, null, TimesOf(start, end, step), source, options, cancel);

    /// <summary>Like <see cref="InstantAsync(string, Timestamp, ISeriesSource, QueryRunOptions, CancellationToken)"/>, for a query that is parsed already.</summary>
    /// <param name="parsed">From <see cref="Parser.Parse"/>.</param>
    /// <param name="query">The text it was parsed from: annotations give places in it.</param>
    public Task<QueryResult> InstantAsync(
        Expr parsed, string query, Timestamp at, ISeriesSource source, QueryRunOptions options, CancellationToken cancel) =>
        RunAsync(query, parsed, QueryTimes.At(at.Milliseconds), source, options, cancel);

    /// <summary>Like <see cref="RangeAsync(string, Timestamp, Timestamp, TimeSpan, ISeriesSource, QueryRunOptions, CancellationToken)"/>, for a query that is parsed already.</summary>
    /// <param name="parsed">From <see cref="Parser.Parse"/>.</param>
    /// <param name="query">The text it was parsed from.</param>
    public Task<QueryResult> RangeAsync(
        Expr parsed, string query, Timestamp start, Timestamp end, TimeSpan step, ISeriesSource source, QueryRunOptions options,
        CancellationToken cancel) =>
        RunAsync(query, parsed, TimesOf(start, end, step), source, options, cancel);

    /// <summary>How a query is evaluated and, if it is run, what each node of the plan and each shard cost.</summary>
    /// <param name="query">PromQL.</param>
    /// <param name="start">The first step, or the only instant.</param>
    /// <param name="end">The last step; the same as the first where there is no step width.</param>
    /// <param name="step">Null for an instant query.</param>
    /// <param name="source">Where series come from.</param>
    /// <param name="options">What this run sets for itself.</param>
    /// <param name="run">Whether to run it.</param>
    /// <param name="cancel">Ends the run.</param>
    /// <exception cref="QueryException">The query is not valid, fails, or runs into a limit.</exception>
    public async Task<QueryExplanation> ExplainAsync(
        string query, Timestamp start, Timestamp end, TimeSpan? step, ISeriesSource source, QueryRunOptions options, bool run,
        CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        QueryTimes times = step is { } width ? TimesOf(start, end, width) : QueryTimes.At(start.Milliseconds);
        if (!run)
        {
            return new QueryExplanation(PromQL.Explain.Report(
                PlanFor(source, Parser.Parse(query, _settings), Origin(query, times, options)).Plan, null), null);
        }

        (QueryResult result, PlanNode plan, PlanFigures? figures) =
            await EvaluateAsync(query, null, times, source, options, isMeasured: true, cancel).ConfigureAwait(false);
        return new QueryExplanation(PromQL.Explain.Report(plan, figures), result);
    }

    /// <summary>The fragment that another node asks for, to be run over shards of this one.</summary>
    /// <param name="request">What it asks for.</param>
    /// <param name="map">Of the cluster.</param>
    /// <param name="expired">Fires when the time of the query is over.</param>
    /// <param name="cancel">Fires then too, and when nobody wants the answer any more.</param>
    /// <exception cref="QueryException">The query is not valid here, or this node plans it in another way than the one that asks.</exception>
    public PlanFragment Fragment(FragmentRequest request, ShardMap map, CancellationToken expired, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        QueryOrigin origin = request.Origin;
        EngineSettings settings = _settings with { Features = origin.Features };
        PlanNode plan = Distribute.Run(Plan(Parser.Parse(origin.Query, settings), origin), map, origin.PushesOne);
        if (ExchangeNode.AllIn(plan).FirstOrDefault(exchange => exchange.Number == request.Exchange) is not { } asked
            || FragmentRequest.FingerprintOf(asked) != request.Fingerprint)
        {
            throw new QueryException(QueryErrorKind.Unavailable, "the nodes of the cluster plan this query in different ways: they are of different versions");
        }

        settings = settings with { SamplesMax = Math.Min(request.SamplesLeft, settings.SamplesMax) };
        var run = new QueryRun(settings, origin, new QueryBudget(settings, null), request.IsMeasured ? _time : null, expired, cancel)
        {
            CountsSteps = request.CountsSteps,
        };
        return new PlanFragment(asked, run);
    }

    /// <summary>The plan of a query as text, one operator a line.</summary>
    public string Explain(string query, Timestamp start, Timestamp end, TimeSpan step, QueryRunOptions options)
    {
        QueryTimes times = start == end ? QueryTimes.At(start.Milliseconds) : TimesOf(start, end, step);
        return PromQL.Explain.Of(Plan(Parser.Parse(query, _settings), Origin(query, times, options)));
    }

    private static QueryTimes TimesOf(Timestamp start, Timestamp end, TimeSpan step)
    {
        long stepMs = (long)step.TotalMilliseconds;
        ArgumentOutOfRangeException.ThrowIfLessThan(stepMs, 1, nameof(step));
        if (end < start)
        {
            throw new QueryException(QueryErrorKind.BadData, "end timestamp must not be before start time");
        }

        long count = ((end.Milliseconds - start.Milliseconds) / stepMs) + 1;
        if (count > Array.MaxLength)
        {
            throw QueryContext.TooManySamples();
        }

        return new QueryTimes(new Steps(start.Milliseconds, stepMs, (int)count), IsRange: true, end.Milliseconds);
    }

    private QueryOrigin Origin(string query, QueryTimes times, QueryRunOptions options)
    {
        TimeSpan lookback = options.Lookback ?? _settings.Lookback;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lookback.Ticks, nameof(options));
        return new QueryOrigin(
            query, times.Steps, times.IsRange, (long)lookback.TotalMilliseconds, (long)_settings.SubqueryStep.TotalMilliseconds, _settings.SamplesMax,
            _settings.Features, PushesOne: false)
        {
            EndMs = times.EndMs,
            Rollups = options.Rollups,
        };
    }

    private static PlanNode Plan(Expr parsed, QueryOrigin origin)
    {
        var span = new QuerySpan(origin.Steps, origin.LookbackMs, origin.SubqueryStepMs, origin.InnerStepsMax) { EndMs = origin.EndMs };
        PlanNode plan = Planner.Plan(parsed, span);
        return origin.Rollups is { } use ? UseRollups.Run(plan, use, origin.Features) : plan;
    }

    private static (PlanNode Plan, QueryOrigin Origin) PlanFor(ISeriesSource source, Expr parsed, QueryOrigin origin)
    {
        PlanNode plan = Plan(parsed, origin);
        if (source is not IFragmentRunner shards)
        {
            return (plan, origin);
        }

        bool pushesOne = Distribute.OneShardOf(plan, shards.Shards) is [int only] && !shards.IsHere(only);
        return (Distribute.Run(plan, shards.Shards, pushesOne), origin with { PushesOne = pushesOne });
    }

    private async Task<QueryResult> RunAsync(
        string query, Expr? parsed, QueryTimes times, ISeriesSource source, QueryRunOptions options, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        return (await EvaluateAsync(query, parsed, times, source, options, options.CountsSteps, cancel).ConfigureAwait(false)).Result;
    }

    private async Task<(QueryResult Result, PlanNode Plan, PlanFigures? Figures)> EvaluateAsync(
        string query, Expr? parsed, QueryTimes times, ISeriesSource source, QueryRunOptions options, bool isMeasured, CancellationToken cancel)
    {
        long begun = _time.GetTimestamp();
        parsed ??= Parser.Parse(query, _settings);
        if (times.IsRange && parsed.Type is not (ExprType.Vector or ExprType.Scalar))
        {
            string name = parsed.Type == ExprType.Matrix ? "range vector" : "string";
            throw new QueryException(
                QueryErrorKind.BadData, $"invalid expression type \"{name}\" for range query, must be Scalar or instant Vector", parsed.Span);
        }

        TimeSpan parseTime = _time.GetElapsedTime(begun);
        TimeSpan timeout = options.Timeout is { } wanted && wanted < _settings.Timeout ? wanted : _settings.Timeout;
        using var expired = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(expired.Token, cancel);
        (PlanNode plan, QueryOrigin origin) = PlanFor(source, parsed, Origin(query, times, options));
        var budget = new QueryBudget(_settings, _memory);
        var run = new QueryRun(_settings, origin, budget, isMeasured ? _time : null, expired.Token, either.Token)
        {
            CountsSteps = options.CountsSteps,
            Progress = options.Progress,
        };
        bool isKept = false;
        options.Progress?.Follow(budget, plan);
        var context = new QueryContext(run, source, slack: 0);
        QueryValue value;
        try
        {
            context.ThrowIfOver();
            value = await EvaluateAsync(context, plan).ConfigureAwait(false);
            isKept = options.KeepsMemory;
        }
        catch (OperationCanceledException e) when (either.IsCancellationRequested)
        {
            QueryException over = run.Over();
            throw new QueryException(over.Kind, over.Message, inner: e) { Limit = over.Limit };
        }
        catch (OutOfMemoryException e)
        {
            // The last resort: what is counted is an estimate, and others than queries take memory too.
            throw QueryContext.OutOfMemory(e);
        }
        finally
        {
            if (!isKept)
            {
                budget.Dispose();
            }
        }

        TimeSpan evalTime = _time.GetElapsedTime(begun) - parseTime;
        Debug.Assert(value is not null, "an evaluation yields a value or throws");
        var result = new QueryResult(
            value,
            context.Annotations.Warnings(query),
            context.Annotations.Infos(query),
            new QueryStats(context.Counts.Total, budget.Peak, context.SeriesRead, parseTime, evalTime)
            {
                SamplesByStep = SamplesByStep(context, times.Steps),
                Shards = options.CountsSteps ? context.Figures!.ShardsOfAll() : [],
            })
        {
            Memory = isKept ? budget : null,
        };
        return (result, plan, context.Figures);
    }

    private static StepSamples[] SamplesByStep(QueryContext context, Steps steps)
    {
        var counts = new StepSamples[context.Counts.Each.Length];
        for (int step = 0; step < counts.Length; step++)
        {
            counts[step] = new StepSamples(new Timestamp(steps.At(step)), context.Counts.Each[step]);
        }

        return counts;
    }

    private static async ValueTask<QueryValue> EvaluateAsync(QueryContext context, PlanNode plan)
    {
        var at = new Timestamp(plan.Steps.Start);
        var build = new OperatorBuilder(context);
        switch (plan.Type)
        {
            case ExprType.String:
                return new StringValue(at, ((TextNode)plan).Value);

            case ExprType.Matrix:
                using (RangeOperator ranges = build.Range(plan, string.Empty))
                {
                    await ranges.OpenAsync().ConfigureAwait(false);
                    return ResultReader.Ranges(context, ranges);
                }

            case ExprType.Scalar when !context.IsRange:
                using (ScalarOperator scalar = build.Scalar(plan))
                {
                    await scalar.OpenAsync().ConfigureAwait(false);
                    var value = new double[1];
                    scalar.Read(value);
                    return new ScalarValue(at, value[0]);
                }

            default:
                using (SeriesOperator series = build.Series(plan))
                {
                    await series.OpenAsync().ConfigureAwait(false);
                    return context.IsRange
                        ? ResultReader.Matrix(context, series)
                        : ResultReader.Vector(context, series, SeriesIdentity.MayRepeatAtEnd(plan, context));
                }
        }
    }
}
