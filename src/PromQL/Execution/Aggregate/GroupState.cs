namespace Pleiad.PromQL;

/// <summary>What an aggregation keeps of one group while series stream by, as columns over the steps.</summary>
internal abstract class GroupState
{
    /// <summary>Whether some series of the group loses its name at the end; then the group does.</summary>
    public bool DropsName { get; set; }

    /// <summary>Takes in a series of the group.</summary>
    public abstract void Add(SeriesBlock series);

    /// <summary>Writes what another state of the group needs to go on from here; the block comes empty, with labels set.</summary>
    public virtual void WritePartial(SeriesBlock into) => throw new NotSupportedException($"{GetType().Name} is not done in parts");

    /// <summary>Takes in what another state of the group has written.</summary>
    public virtual void Merge(SeriesBlock partial) => throw new NotSupportedException($"{GetType().Name} is not done in parts");

    /// <summary>Writes the result; the block comes empty, with labels set.</summary>
    public abstract void Finish(SeriesBlock into);
}
