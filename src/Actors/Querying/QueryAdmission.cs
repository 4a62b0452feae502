using Pleiad.PromQL;

namespace Pleiad.Actors;

/// <summary>Lets a bounded number of queries run and a bounded number wait; more are refused at once.</summary>
/// <param name="runningMax">Queries at the same time.</param>
/// <param name="waitingMax">Queries in the queue.</param>
internal sealed class QueryAdmission(int runningMax, int waitingMax) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(runningMax, runningMax);
    private int _waiting;

    /// <summary>Waits for a slot; dispose the answer to give it back.</summary>
    /// <exception cref="QueryException">The queue is full.</exception>
    public async Task<Slot> EnterAsync(CancellationToken cancel)
    {
        if (!await _slots.WaitAsync(0, cancel))
        {
            int ahead = Interlocked.Increment(ref _waiting);
            try
            {
                if (ahead > waitingMax)
                {
                    ActorsMetrics.QueriesRefused.Add(1);
                    throw new QueryException(
                        QueryErrorKind.Unavailable, $"too many queries: {runningMax} are running and {waitingMax} are waiting; try again later")
                    {
                        Limit = "queue",
                    };
                }

                await _slots.WaitAsync(cancel);
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }

        return new Slot(this);
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    private void Leave() => _slots.Release();

    /// <summary>The right to run; gives itself back.</summary>
    internal sealed class Slot(QueryAdmission admission) : IDisposable
    {
        private int _givenBack;

        /// <inheritdoc/>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _givenBack, 1) == 0)
            {
                admission.Leave();
            }
        }
    }
}
