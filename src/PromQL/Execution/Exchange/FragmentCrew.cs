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

    /// <summary>Whether evaluating it over some more shards is less than waking a thread is worth, by what it cost over others.</summary>
    /// <param name="work">What it cost: see <see cref="WorkOf"/>.</param>
    /// <param name="over">Over how many shards; at least one.</param>
    /// <param name="more">How many more.</param>
    public static bool IsLittle(long work, int over, int more) => work / over * more <= LittleWork;

    /// <summary>What an answer cost, counted in samples.</summary>
    public static long WorkOf(FragmentAnswer answer) => answer.Context.SamplesRead + (SamplesOfSeries * answer.Context.SeriesRead);

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
            work += answer is null ? 0 : WorkOf(answer);
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
