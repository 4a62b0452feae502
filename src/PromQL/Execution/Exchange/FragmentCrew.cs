using System.Runtime.ExceptionServices;
using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// Evaluates a fragment over several shards: on one thread as long as it is little, then on several. A small query is over before a sleeping
/// thread has been woken; and none waits for a helper that has not begun.
/// </summary>
internal sealed class FragmentCrew(PlanFragment fragment, IReadOnlyList<ISeriesSource> shards, int threads)
{
    // What a thread does in a few hundred microseconds: waking another one takes some tens of them.
    private const long LittleWork = 40_000;

    // A series costs about as much as so many samples: it is found, its labels made, its chunk sought.
    private const long SamplesOfSeries = 100;

    private readonly FragmentAnswer[] _answers = new FragmentAnswer[shards.Count];
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _begun;
    private int _left = shards.Count;
    private ExceptionDispatchInfo? _failure;

    /// <summary>One answer a shard, in their order.</summary>
    public Task<IReadOnlyList<FragmentAnswer>> RunAsync()
    {
        long work = 0;
        bool alone = threads > 1;
        while (TryOne(out FragmentAnswer? answer))
        {
            int waiting = shards.Count - Volatile.Read(ref _begun);
            work += answer is null ? 0 : answer.Context.SamplesTotal + (SamplesOfSeries * answer.Context.SeriesRead);
            if (alone && work > LittleWork && waiting > 1)
            {
                alone = false;
                for (int helper = Math.Min(threads - 1, waiting - 1); helper > 0; helper--)
                {
                    ThreadPool.UnsafeQueueUserWorkItem(static crew => crew.Help(), this, preferLocal: false);
                }
            }
        }

        return Volatile.Read(ref _left) > 0 ? WaitAsync() : Task.FromResult(Answers());
    }

    private async Task<IReadOnlyList<FragmentAnswer>> WaitAsync()
    {
        await _over.Task.ConfigureAwait(false);
        return Answers();
    }

    private IReadOnlyList<FragmentAnswer> Answers()
    {
        _failure?.Throw();
        return _answers;
    }

    private void Help()
    {
        while (TryOne(out _))
        {
        }
    }

    // After a failure the rest is passed over, so that the end is reached in any case.
    private bool TryOne(out FragmentAnswer? answer)
    {
        answer = null;
        int next = Interlocked.Increment(ref _begun) - 1;
        if (next >= _answers.Length)
        {
            return false;
        }

        if (Volatile.Read(ref _failure) is null)
        {
            try
            {
                answer = _answers[next] = fragment.Run(shards[next]);
            }
            catch (Exception e)
            {
                // Whatever it is, it goes on at the caller's.
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
            }
        }

        if (Interlocked.Decrement(ref _left) == 0)
        {
            _over.SetResult();
        }

        return true;
    }
}
