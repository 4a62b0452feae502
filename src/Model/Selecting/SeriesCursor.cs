namespace Pleiad.Model;

/// <summary>Walks series one at a time: labels first, samples only when asked for. One reader; dispose when done.</summary>
public abstract class SeriesCursor : IDisposable
{
    /// <summary>Moves to the next series; false at the end.</summary>
    public abstract bool MoveNext();

    /// <summary>Labels of the series it stands on.</summary>
    public abstract Labels Labels { get; }

    /// <summary>
    /// Appends the samples of this series that lie in the request's range, in order of time, stale markers included.
    /// May be left uncalled: a count of series decodes nothing.
    /// </summary>
    /// <param name="into">Not cleared first.</param>
    public abstract void Read(SampleColumns into);

    /// <summary>
    /// Reads the buckets of this series that the request asks for, those of samples that no rollup has yet included. Samples can be read besides.
    /// </summary>
    /// <param name="into">Cleared first.</param>
    /// <returns>False where they have nothing to say that the samples do not: those are to be used.</returns>
    public virtual bool TryReadRollups(RollupColumns into) => false;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back what the cursor holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
