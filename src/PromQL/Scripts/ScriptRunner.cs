using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Runs test scripts against an engine and says of each <c>eval</c> whether it came out as written.</summary>
/// <remarks>
/// Beyond the query itself an instant <c>eval</c> is checked in two more ways, as Prometheus's own runner does: fixed in time by
/// <c>@</c> and asked at other times, and as the middle of a range query.
/// </remarks>
public sealed class ScriptRunner
{
    private static readonly TimeSpan Around = TimeSpan.FromMinutes(1);

    private readonly EngineSettings _settings;
    private readonly Engine _engine;

    /// <summary>A runner.</summary>
    /// <param name="settings">Settings of the engine; <see cref="ForScripts"/> is what the scripts of Prometheus assume.</param>
    /// <param name="time">Measures timeouts.</param>
    public ScriptRunner(EngineSettings settings, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _engine = new Engine(settings, time);
    }

    /// <summary>What the scripts of Prometheus assume: all features but type and unit labels, at most 10 000 samples a query.</summary>
    public static EngineSettings ForScripts { get; } = new() { SamplesMax = 10_000, Features = PromQLFeatures.AllForScripts };

    /// <summary>Runs script files, writes a line for each <c>eval</c> that fails or file that cannot be read, and at last how many passed and failed.</summary>
    /// <returns>How many passed, how many failed; a file that cannot be read counts as one failure.</returns>
    public async Task<(int Passed, int Failed)> RunFilesAsync(IEnumerable<string> files, TextWriter output, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(output);
        int passed = 0;
        int failed = 0;
        foreach (string file in files)
        {
            try
            {
                Script script = ScriptReader.Read(Path.GetFileName(file), await File.ReadAllTextAsync(file, cancel).ConfigureAwait(false));
                await foreach (EvalOutcome outcome in RunAsync(script, cancel).ConfigureAwait(false))
                {
                    passed += outcome.Passed ? 1 : 0;
                    failed += outcome.Passed ? 0 : 1;
                    if (!outcome.Passed)
                    {
                        await output.WriteLineAsync(outcome.ToString()).ConfigureAwait(false);
                    }
                }
            }
            catch (Exception e) when (e is ScriptSyntaxException or IOException or UnauthorizedAccessException)
            {
                failed++;
                await output.WriteLineAsync($"{file}: {e.Message}").ConfigureAwait(false);
            }
        }

        await output.WriteLineAsync($"{passed} passed, {failed} failed").ConfigureAwait(false);
        return (passed, failed);
    }

    /// <summary>Runs a script from its beginning with an empty store.</summary>
    public async IAsyncEnumerable<EvalOutcome> RunAsync(
        Script script, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(script);
        var store = new ScriptStore();
        foreach (ScriptCommand command in script.Commands)
        {
            switch (command)
            {
                case ClearCommand:
                    store.Clear();
                    break;
                case LoadCommand load:
                    store.Load(load);
                    break;
                case EvalCommand eval:
                    string? failure = await FailureOfAsync(eval, store, cancel).ConfigureAwait(false);
                    yield return new EvalOutcome(script.Name, eval.Line, eval.Query, failure);
                    break;
            }
        }
    }

    private async Task<string?> FailureOfAsync(EvalCommand eval, ScriptStore store, CancellationToken cancel)
    {
        try
        {
            Expr parsed = Parser.Parse(eval.Query, _settings);
            QueryResult result = await EvaluateAsync(eval, parsed, eval.Times, store, cancel).ConfigureAwait(false);
            if (eval.Expected.Fails)
            {
                return "expected to fail, did not";
            }

            return AnnotationCheck.Check("warning", eval.Expected.Warnings, result.Warnings)
                ?? AnnotationCheck.Check("info", eval.Expected.Infos, result.Infos)
                ?? (eval.Times.IsRange
                    ? ResultCheck.Range(eval.Expected, eval.Times, result.Value)
                    : ResultCheck.Instant(eval.Expected, result.Value) ?? await MoreAsync(eval, parsed, store, cancel).ConfigureAwait(false));
        }
        catch (QueryException e) when (eval.Expected.Fails)
        {
            TextCondition? unmet = eval.Expected.Errors.FirstOrDefault(text => !text.Holds(e.Message));
            return unmet is null ? null : $"error expected: {unmet.Text}; seen: {e.Message}";
        }
        catch (QueryException e)
        {
            return $"failed: {e.Message}";
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // An engine that breaks fails this eval, not the script: the others still say something.
            return $"the engine broke: {e.GetType().Name}: {e.Message}";
        }
    }

    private async Task<string?> MoreAsync(EvalCommand eval, Expr parsed, ScriptStore store, CancellationToken cancel)
    {
        if (await AsRangeAsync(eval, parsed, eval.Times.Start, store, cancel).ConfigureAwait(false) is { } difference)
        {
            return difference;
        }

        if (AtRewrite.Fix(parsed, eval.Times.Start) is not { } atFixedTime)
        {
            return null;
        }

        foreach (Timestamp at in OtherTimes(eval.Times.Start))
        {
            var times = new EvalTimes(false, at, at, TimeSpan.Zero);
            QueryResult result = await EvaluateAsync(eval, atFixedTime, times, store, cancel).ConfigureAwait(false);
            string? wrong = ResultCheck.Instant(eval.Expected, result.Value)
                ?? await AsRangeAsync(eval, atFixedTime, at, store, cancel).ConfigureAwait(false);
            if (wrong is not null)
            {
                return $"with @ {eval.Times.Start} ms, at {at} ms: {wrong}";
            }
        }

        return null;
    }

    private async Task<string?> AsRangeAsync(EvalCommand eval, Expr parsed, Timestamp middle, ScriptStore store, CancellationToken cancel)
    {
        bool onlyInstant = eval.Expected.Text is not null || eval.Expected.RangeVector is not null || eval.Expected.Ordered;
        if (onlyInstant || AtRewrite.UsesQueryRange(parsed))
        {
            return null;
        }

        var times = new EvalTimes(true, middle - Around, middle + Around, Around);
        QueryResult result = await EvaluateAsync(eval, parsed, times, store, cancel).ConfigureAwait(false);
        return ResultCheck.Middle(eval.Expected, middle, result.Value) is { } wrong ? $"in the middle of a range: {wrong}" : null;
    }

    private Task<QueryResult> EvaluateAsync(EvalCommand eval, Expr parsed, EvalTimes times, ScriptStore store, CancellationToken cancel) =>
        times.IsRange
            ? _engine.RangeAsync(parsed, eval.Query, times.Start, times.End, times.Step, store, QueryRunOptions.Default, cancel)
            : _engine.InstantAsync(parsed, eval.Query, times.Start, store, QueryRunOptions.Default, cancel);

    private static IEnumerable<Timestamp> OtherTimes(Timestamp at) => at.Milliseconds == 0
        ? [new(-1000), new(0), new(1000)]
        : [new(-10 * at.Milliseconds), new(0), new(at.Milliseconds / 5), at, new(10 * at.Milliseconds)];
}
