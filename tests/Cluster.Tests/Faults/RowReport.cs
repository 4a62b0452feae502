using System.Globalization;
using System.Text;
using System.Text.Json;
using Xunit.Abstractions;

namespace Pleiad.Cluster.Tests;

/// <summary>
/// The figures of the runs of one row: printed, and appended to the file that PLEIAD_FAULT_REPORT names, a line each. The file that PLEIAD_FAULT_FIGURES
/// names gets them as JSON, a line each, invocation after invocation; what failed leaves what the nodes said in the directory PLEIAD_FAULT_EVIDENCE.
/// </summary>
internal sealed class RowReport(string row, ITestOutputHelper output)
{
    /// <summary>The number of the run at the end: everything was killed and started again, and is compared once more. It counts for what is wrong alone.</summary>
    public const int ColdRestart = -1;

    private readonly List<RunFigures> _runs = [];
    private readonly List<string> _failures = [];

    /// <summary>What victims and moments are chosen from: PLEIAD_FAULT_SEED.</summary>
    public static int Seed { get; } = Number("PLEIAD_FAULT_SEED", 1);

    /// <summary>The number of the first run: PLEIAD_FAULT_FIRST.</summary>
    public static int First => Number("PLEIAD_FAULT_FIRST", 0);

    /// <summary>How often a row is run: PLEIAD_FAULT_RUNS, else the number given.</summary>
    public static int Runs(int otherwise) => Number("PLEIAD_FAULT_RUNS", otherwise);

    /// <summary>Runs it once and notes what it shows, also where it does not come to its end.</summary>
    /// <param name="run">Its number, or <see cref="ColdRestart"/>.</param>
    /// <param name="cluster">Whose nodes are asked what they said.</param>
    /// <param name="runOnce">The run.</param>
    /// <returns>Whether all was as it must be.</returns>
    public async Task<bool> TryAddAsync(int run, FaultCluster cluster, Func<Task<RunFigures>> runOnce)
    {
        RunFigures figures;
        try
        {
            figures = await runOnce();
        }
        catch (Exception e)
        {
            // It waited in vain, a node has ended that should not, or said what nobody can read: whatever it is, the runs after it tell whether it always is so.
            figures = new RunFigures([], 0, 0, 0, [], 0, 0, [e.Message]);
            KeepEvidence(run, cluster, e.ToString());
            Add(run, figures);
            return false;
        }

        if (figures.Wrong.Count > 0)
        {
            KeepEvidence(run, cluster, string.Join('\n', figures.Wrong));
        }

        Add(run, figures);
        return figures.Wrong.Count == 0;
    }

    /// <summary>Prints the summary, and fails if any run did.</summary>
    public void Close()
    {
        double[] pauses = [.. _runs.SelectMany(static run => run.PauseSeconds).Order()];
        double[] heals = [.. _runs.Select(static run => run.HealSeconds).Order()];
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{row}: {_runs.Count} runs, {_failures.Count} failures; write pause a series p50 {At(pauses, 0.5):F1} s, p99 {At(pauses, 0.99):F1} s, worst {At(pauses, 1):F1} s; whole again p50 {At(heals, 0.5):F1} s, worst {At(heals, 1):F1} s; "
            + $"missed scrapes a target worst {_runs.Select(static run => run.Missed.EachSecond).DefaultIfEmpty().Max()} of 1 s, {_runs.Select(static run => run.Missed.Slow).DefaultIfEmpty().Max()} of {FaultCluster.SlowSeconds} s; "
            + $"{_runs.Sum(static run => run.Queries)} queries, {_runs.Sum(static run => run.Partial)} partial, {_runs.Sum(static run => run.Errors.Count)} errors; "
            + $"{_runs.Sum(static run => run.StrongReads)} strong reads answered, {_runs.Sum(static run => run.StrongReadsRefused)} refused; {_runs.Sum(static run => run.Acked)} samples acknowledged, {_runs.Sum(static run => run.Unknown)} unknown"));
        Assert.True(_failures.Count == 0, string.Join('\n', _failures));
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int asked) ? asked : otherwise;

    private static double At(double[] ordered, double share) => ordered.Length == 0 ? 0 : ordered[(int)Math.Min(ordered.Length - 1, Math.Floor(share * ordered.Length))];

    private void Add(int run, RunFigures figures)
    {
        bool isCold = run == ColdRestart;
        string name = isCold ? "after a cold restart of everything" : string.Create(CultureInfo.InvariantCulture, $"run {run}");
        if (!isCold)
        {
            _runs.Add(figures);
        }

        _failures.AddRange(figures.Wrong.Take(10).Select(wrong => $"{name}: {wrong}"));
        string end = figures.Note + (figures.Wrong.Count == 0 ? "ok" : "FAILED");
        double[] pauses = [.. figures.PauseSeconds.Order()];
        Say(isCold ? $"{row} {name}: {end}" : string.Create(
            CultureInfo.InvariantCulture,
            $"{row} {name}: pause {At(pauses, 0.5):F1} s, at most {At(pauses, 1):F1} s; whole again after {figures.HealSeconds:F1} s; "
            + $"missed scrapes {figures.Missed.EachSecond} of 1 s ({figures.Missed.InARow} in a row), {figures.Missed.Slow} of {FaultCluster.SlowSeconds} s; "
            + $"{figures.Queries} queries, {figures.Partial} partial, {figures.Errors.Count} errors; {figures.StrongReads} strong reads answered, {figures.StrongReadsRefused} refused; {figures.Acked} acknowledged, {figures.Unknown} unknown; {end}"));
        foreach (string what in figures.Wrong.Take(10).Concat(figures.Errors.Take(3)))
        {
            Say("    " + what);
        }

        Append("PLEIAD_FAULT_FIGURES", JsonSerializer.Serialize(new
        {
            row,
            run,
            seed = Seed,
            commit = Environment.GetEnvironmentVariable("PLEIAD_FAULT_COMMIT") ?? "",
            at = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            failed = figures.Wrong.Count > 0,
            pauses = pauses.Select(static pause => Math.Round(pause, 3)),
            whole = Math.Round(figures.HealSeconds, 3),
            missed = figures.Missed.EachSecond,
            missedInARow = figures.Missed.InARow,
            missedSlow = figures.Missed.Slow,
            queries = figures.Queries,
            partial = figures.Partial,
            errors = figures.Errors.Count,
            strong = figures.StrongReads,
            strongRefused = figures.StrongReadsRefused,
            acked = figures.Acked,
            unknown = figures.Unknown,
            note = figures.Note,
        }));
    }

    private void KeepEvidence(int run, FaultCluster cluster, string what)
    {
        if (Environment.GetEnvironmentVariable("PLEIAD_FAULT_EVIDENCE") is not { Length: > 0 } place)
        {
            return;
        }

        Directory.CreateDirectory(place);
        string name = string.Create(CultureInfo.InvariantCulture, $"{row}-{Seed}-{(run == ColdRestart ? "cold" : run)}-{DateTimeOffset.UtcNow:HHmmss}.log");
        File.WriteAllText(Path.Combine(place, name), $"{what}\n\n{cluster.OutputsBefore()}\n\n{cluster.Outputs()}\n");
    }

    private void Say(string line)
    {
        output.WriteLine(line);
        Append("PLEIAD_FAULT_REPORT", line);
    }

    private static void Append(string variable, string line)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } file)
        {
            File.AppendAllText(file, line + "\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }
    }
}

/// <summary>What one run of a row has shown.</summary>
internal sealed record RunFigures(
    IReadOnlyList<double> PauseSeconds, double HealSeconds, int Queries, int Partial, IReadOnlyList<string> Errors, int Acked, int Unknown, IReadOnlyList<string> Wrong)
{
    /// <summary>Scrapes that a target lacks.</summary>
    public MissedScrapes Missed { get; init; }

    /// <summary>Reads with <c>consistency=strong</c> that were answered, each with everything acknowledged before it was asked.</summary>
    public int StrongReads { get; init; }

    /// <summary>Those that were refused, or got no answer.</summary>
    public int StrongReadsRefused { get; init; }

    /// <summary>What else there is to say of it.</summary>
    public string Note { get; init; } = "";
}
