namespace Pleiad.Kernel;

/// <summary>Runs turns on the thread pool.</summary>
/// <param name="throughput">See <see cref="MessageDispatcher.Throughput"/>.</param>
public sealed class Dispatcher(int throughput = Dispatcher.DefaultThroughput) : MessageDispatcher
{
    /// <summary>Enough that the cost of scheduling disappears, little enough that a busy actor delays others by microseconds.</summary>
    public const int DefaultThroughput = 128;

    /// <inheritdoc/>
    public override int Throughput { get; } = throughput > 0 ? throughput : throw new ArgumentOutOfRangeException(nameof(throughput), throughput, "at least 1");

    /// <inheritdoc/>
    public override void Schedule(IThreadPoolWorkItem turn, bool continues) =>
        ThreadPool.UnsafeQueueUserWorkItem(turn, preferLocal: !continues);
}
