using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit.Abstractions;

namespace Pleiad.Cluster.Tests;

/// <summary>The figures of the runs of one row: printed, and appended to the file that PLEIAD_FAULT_REPORT names, a line each.</summary>
internal sealed class RowReport(string row, ITestOutputHelper output)
{
    private readonly List<double> _pauses = [];
    private readonly List<double> _heals = [];
    private readonly List<int> _missed = [];
    private readonly List<string> _failures = [];
    private int _runs;
    private int _queries;
    private int _partial;
    private int _errors;
    private int _acked;
    private int _unknown;
    private int _strong;
    private int _strongRefused;

    /// <summary>How often a row is run: PLEIAD_FAULT_RUNS, else the number given.</summary>
    public static int Runs(int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable("PLEIAD_FAULT_RUNS"), CultureInfo.InvariantCulture, out int asked) ? asked : otherwise;

    /// <summary>Notes the end: everything was killed and started again, and is compared once more. It counts for what is wrong alone.</summary>
    public void AddColdRestart(RunFigures run)
    {
        _failures.AddRange(run.Wrong.Take(10).Select(static wrong => $"after a cold restart: {wrong}"));
        Say($"{row} after a cold restart of everything: {(run.Wrong.Count == 0 ? "ok" : "FAILED")}");
        foreach (string what in run.Wrong.Take(10))
        {
            Say("    " + what);
        }
    }

    /// <summary>Notes a run.</summary>
    public void Add(RunFigures run)
    {
        _runs++;
        _pauses.AddRange(run.PauseSeconds);
        _heals.Add(run.HealSeconds);
        _missed.Add(run.MissedScrapes);
        _queries += run.Queries;
        _partial += run.Partial;
        _errors += run.Errors.Count;
        _acked += run.Acked;
        _unknown += run.Unknown;
        _strong += run.StrongReads;
        _strongRefused += run.StrongReadsRefused;
        _failures.AddRange(run.Wrong.Take(10).Select(wrong => $"run {_runs}: {wrong}"));
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{row} run {_runs}: pause {Middle(run.PauseSeconds):F1} s, at most {run.PauseSeconds.DefaultIfEmpty().Max():F1} s; whole again after {run.HealSeconds:F1} s; "
            + $"{run.MissedScrapes} scrapes missed; {run.Queries} queries, {run.Partial} partial, {run.Errors.Count} errors; {run.StrongReads} strong reads answered, {run.StrongReadsRefused} refused; {run.Acked} acknowledged, {run.Unknown} unknown; {run.Note}{(run.Wrong.Count == 0 ? "ok" : "FAILED")}"));
        foreach (string what in run.Wrong.Take(10).Concat(run.Errors.Take(3)))
        {
            Say("    " + what);
        }
    }

    /// <summary>Prints the summary, and fails if any run did.</summary>
    public void Close()
    {
        double[] pauses = [.. _pauses.Order()];
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{row}: {_runs} runs, {_failures.Count} failures; write pause a series p50 {At(pauses, 0.5):F1} s, p99 {At(pauses, 0.99):F1} s, worst {At(pauses, 1):F1} s; whole again p50 {Middle(_heals):F1} s, worst {_heals.DefaultIfEmpty().Max():F1} s; "
            + $"missed scrapes a target worst {_missed.DefaultIfEmpty().Max()}; {_queries} queries, {_partial} partial, {_errors} errors; {_strong} strong reads answered, {_strongRefused} refused; {_acked} samples acknowledged, {_unknown} unknown"));
        Assert.True(_failures.Count == 0, string.Join('\n', _failures));
    }

    private static double Middle(IEnumerable<double> values) => At([.. values.Order()], 0.5);

    private static double At(double[] ordered, double share) => ordered.Length == 0 ? 0 : ordered[(int)Math.Min(ordered.Length - 1, Math.Floor(share * ordered.Length))];

    private void Say(string line)
    {
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("PLEIAD_FAULT_REPORT") is { Length: > 0 } file)
        {
            File.AppendAllText(file, line + Environment.NewLine, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }
    }
}

/// <summary>What one run of a row has shown.</summary>
internal sealed record RunFigures(
    IReadOnlyList<double> PauseSeconds, double HealSeconds, int MissedScrapes, int Queries, int Partial, IReadOnlyList<string> Errors, int Acked, int Unknown, IReadOnlyList<string> Wrong)
{
    /// <summary>Reads with <c>consistency=strong</c> that were answered, each with everything acknowledged before it was asked.</summary>
    public required int StrongReads { get; init; }

    /// <summary>Those that were refused, or got no answer.</summary>
    public required int StrongReadsRefused { get; init; }

    /// <summary>What else there is to say of it.</summary>
    public string Note { get; init; } = "";
}
