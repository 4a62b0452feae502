using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// A node of a running plan. Operators pull from their inputs, synchronously and one series at a time; what has to wait for
/// others (an exchange with other shards) waits in <see cref="OpenAsync"/>, before the first series is asked for.
/// </summary>
internal abstract class Operator(QueryContext context, Steps steps, params Operator[] inputs) : IDisposable
{
    /// <summary>What the run shares.</summary>
    protected QueryContext Context { get; } = context;

    /// <summary>The instants it is evaluated at.</summary>
    public Steps Steps { get; } = steps;

    /// <summary>Gets ready: opens the inputs.</summary>
    public virtual async ValueTask OpenAsync()
    {
        foreach (Operator input in inputs)
        {
            await input.OpenAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back buffers, its own and its inputs'.</summary>
    protected virtual void Dispose(bool disposing)
    {
        foreach (Operator input in inputs)
        {
            input.Dispose();
        }
    }
}

/// <summary>Yields an instant vector, series by series.</summary>
internal abstract class SeriesOperator(QueryContext context, Steps steps, params Operator[] inputs) : Operator(context, steps, inputs)
{
    /// <summary>The series it stands on; valid until the next move, and the consumer may change it.</summary>
    public SeriesBlock Current { get; protected set; } = null!;

    /// <summary>Moves to the next series that has a sample at some step.</summary>
    public abstract bool MoveNext();
}

/// <summary>Yields an instant vector into a block of its own.</summary>
internal abstract class OwnBlockOperator : SeriesOperator
{
    protected OwnBlockOperator(QueryContext context, Steps steps, params Operator[] inputs)
        : base(context, steps, inputs)
    {
        Current = new SeriesBlock(steps.Count);
    }

    protected override void Dispose(bool disposing)
    {
        Current.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Yields one number a step.</summary>
internal abstract class ScalarOperator(QueryContext context, Steps steps, params Operator[] inputs) : Operator(context, steps, inputs)
{
    /// <summary>Writes the number of each step. Called once.</summary>
    public abstract void Read(Span<double> into);
}

/// <summary>Yields range vectors: the samples of a series, and which of them each step sees.</summary>
internal abstract class RangeOperator(QueryContext context, Steps steps, SelectorWindow window, params Operator[] inputs)
    : Operator(context, steps, inputs)
{
    /// <summary>Where the windows lie.</summary>
    public SelectorWindow Window { get; } = window;

    /// <summary>Labels of the series it stands on.</summary>
    public abstract Labels Labels { get; }

    /// <summary>What becomes of the metric name.</summary>
    public abstract NameFate Name { get; }

    /// <summary>The samples of all windows, without stale markers.</summary>
    public abstract SampleColumns Samples { get; }

    /// <summary>What rollups say of the series instead at some steps; null for nothing.</summary>
    public virtual RollupColumns? Rollups => null;

    /// <summary>Moves to the next series that has samples, or rollups, in some window.</summary>
    public abstract bool MoveNext();
}
