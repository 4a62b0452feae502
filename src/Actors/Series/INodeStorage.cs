namespace Pleiad.Actors;

/// <summary>What one node does of what an operator may ask of the storage of all.</summary>
internal interface INodeStorage
{
    /// <summary>Moves the heads of this node's shards into blocks.</summary>
    /// <returns>Null when it is done; else why it is not.</returns>
    Task<string?> SealAsync(CancellationToken cancel);

    /// <summary>Writes this node's blocks without what is deleted of them.</summary>
    /// <returns>Null when it is done; else why it is not.</returns>
    Task<string?> CleanAsync(CancellationToken cancel);

    /// <summary>Copies this node's blocks.</summary>
    /// <param name="skipsHead">Leaves out what is in no block yet.</param>
    /// <param name="name">Of the directory, below <c>snapshots</c>.</param>
    /// <param name="cancel">Gives up.</param>
    Task<StorageCopy> CopyAsync(bool skipsHead, string name, CancellationToken cancel);

    /// <summary>Deletes samples of a shard, where this node leads it.</summary>
    /// <param name="shard">Which.</param>
    /// <param name="what">Which samples.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="Kernel.AskTimeoutException">It did not answer in time.</exception>
    /// <exception cref="Kernel.AskRefusedException">It takes no more questions.</exception>
    Task<SamplesDeleted> DeleteAsync(int shard, DeleteSamples what, TimeSpan timeout, CancellationToken cancel);
}
