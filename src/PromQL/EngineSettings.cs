namespace Pleiad.PromQL;

/// <summary>Settings and limits of the engine.</summary>
public sealed record EngineSettings
{
    /// <summary>How far back an instant selector looks for a sample. Above zero. Default 5 min.</summary>
    public TimeSpan Lookback { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Step of a subquery that names none. Default 1 min (the global evaluation interval).</summary>
    public TimeSpan SubqueryStep { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Samples a query may hold at once. Default 50 million.</summary>
    public long SamplesMax { get; init; } = 50_000_000;

    /// <summary>Series a query may read, each as often as it is read. Default 10 million.</summary>
    public long SeriesMax { get; init; } = 10_000_000;

    /// <summary>Bytes of labels that a query may hold: those of its answer, and those it makes. Default 512 MiB.</summary>
    public long BytesMax { get; init; } = 512L << 20;

    /// <summary>Characters of a label value that <c>label_replace</c> and <c>label_join</c> make. Default 1 Mi.</summary>
    public int LabelCharsMax { get; init; } = 1 << 20;

    /// <summary>
    /// Bytes that all queries of an engine may hold together: <see cref="BytesEachSample"/> for a sample, and labels. Default: half of what the
    /// process may use.
    /// </summary>
    public long MemoryMax { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;

    /// <summary>How long a query may take. Default 2 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Bytes that a sample counts as: a time and a value.</summary>
    public const int BytesEachSample = 16;

    /// <summary>Depth of the syntax tree. Default 256; the stack of a .NET process does not survive much more.</summary>
    public int DepthMax { get; init; } = 256;

    /// <summary>Nodes of the syntax tree. Default 10 000.</summary>
    public int NodesMax { get; init; } = 10_000;

    /// <summary>Characters of a query. Default 1 MiB.</summary>
    public int TextCharsMax { get; init; } = 1 << 20;

    /// <summary>The experimental parts of the language that are switched on.</summary>
    public PromQLFeatures Features { get; init; } = PromQLFeatures.None;
}

/// <summary>Parts of the language behind <c>--enable-feature</c>, by Prometheus's names.</summary>
[Flags]
public enum PromQLFeatures
{
    /// <summary>What Prometheus 3.14 has on by default.</summary>
    None = 0,

    /// <summary><c>promql-experimental-functions</c></summary>
    ExperimentalFunctions = 1,

    /// <summary><c>promql-delayed-name-removal</c></summary>
    DelayedNameRemoval = 2,

    /// <summary><c>promql-extended-range-selectors</c>: anchored and smoothed.</summary>
    ExtendedRangeSelectors = 4,

    /// <summary><c>promql-binop-fill-modifiers</c></summary>
    FillModifiers = 8,

    /// <summary><c>use-start-timestamps</c></summary>
    StartTimestamps = 16,

    /// <summary><c>type-and-unit-labels</c></summary>
    TypeAndUnitLabels = 32,

    /// <summary>All of them but type and unit labels: what the conformance scripts assume.</summary>
    AllForScripts = ExperimentalFunctions | DelayedNameRemoval | ExtendedRangeSelectors | FillModifiers | StartTimestamps,
}
