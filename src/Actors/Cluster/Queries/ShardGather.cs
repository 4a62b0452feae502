using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Actors;

/// <summary>
/// Reads the same from many shards of other nodes: one read a node for all its shards. Where a node does not answer, does not have a shard, or
/// takes longer than others do, the next copy of the shard is asked; the first answer counts. A shard that has just changed hands may be claimed by nobody
/// for a moment: where living nodes say that they do not have it, or know of an older leader, all of its copies are asked again a few times.
/// </summary>
/// <typeparam name="T">What comes of a shard.</typeparam>
/// <param name="read">Sends one read.</param>
/// <param name="places">Where the shards are.</param>
/// <param name="hedgeAfter">How long a node is waited for alone.</param>
/// <param name="time">Measures that.</param>
/// <param name="onAnswered">Told how many shards more have been answered for; null for nobody.</param>
/// <param name="goals">How far each shard has to be read; null where it may be read as it is.</param>
internal sealed class ShardGather<T>(
    Func<ShardPeer, IReadOnlyList<int>, CancellationToken, Task<IReadOnlyList<(ShardHeader Header, bool HasValue, T? Value)>>> read,
    IShardPlaces places, TimeSpan hedgeAfter, TimeProvider time, Action<int>? onAnswered = null, StrongGoals? goals = null)
{
    private const int RoundsMax = 4;

    private static readonly TimeSpan RoundPause = TimeSpan.FromMilliseconds(150);

    private readonly Dictionary<int, T> _answers = [];
    private readonly HashSet<int> _open = [];
    private readonly HashSet<(int Shard, NodeIncarnation Node)> _asked = [];
    private readonly List<Attempt> _running = [];
    private readonly SortedSet<int> _missing = [];
    private readonly SortedSet<int> _lacking = [];
    private readonly Dictionary<int, Behind> _behind = [];

    // By shard: through which record its leader has it, as it says itself.
    private readonly Dictionary<int, long> _led = [];
    private readonly HashSet<int> _unclaimed = [];

    // Who lacks samples lacks them when it is asked again, too.
    private readonly HashSet<(int Shard, NodeIncarnation Node)> _lasting = [];
    private int _rounds = 1;

    /// <summary>Shards that nobody answered for, or only somebody who may lack the newest samples.</summary>
    public IReadOnlyCollection<int> Missing => _missing;

    /// <summary>
    /// Shards that only a copy answered for which lacks samples of damaged files or records. Those of them that may lack the newest samples as well are among
    /// <see cref="Missing"/> too.
    /// </summary>
    public IReadOnlyCollection<int> Lacking => _lacking;

    /// <summary>Reads from the shards.</summary>
    /// <returns>By shard; those that nobody answered for are not there.</returns>
    /// <exception cref="QueryException">A node says that the query itself fails, or runs into a limit.</exception>
    public async Task<IReadOnlyDictionary<int, T>> RunAsync(IEnumerable<int> shards, CancellationToken cancel)
    {
        _open.UnionWith(shards);
        using var unwanted = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ITimer timer = time.CreateTimer(
            static state => ((TaskCompletionSource)state!).TrySetResult(), slow, hedgeAfter, Timeout.InfiniteTimeSpan);
        try
        {
            Launch(_open.Order(), isHedge: false, unwanted.Token);
            bool mayHedge = true;
            while (_open.Count > 0)
            {
                if (_running.Count == 0)
                {
                    // Nobody is left to be asked of the shards that nobody has claimed.
                    await PauseAsync(cancel);
                    _rounds++;
                    _asked.RemoveWhere(asked => _open.Contains(asked.Shard) && !_lasting.Contains(asked));
                    Launch(_open.Order(), isHedge: false, unwanted.Token);
                    continue;
                }

                Task[] awaited = [.. _running.Select(static attempt => (Task)attempt.Reading), .. mayHedge ? [slow.Task] : Array.Empty<Task>()];
                Task done = await Task.WhenAny(awaited).WaitAsync(cancel);
                if (done == slow.Task)
                {
                    mayHedge = false;
                    Launch(_open.Order(), isHedge: true, unwanted.Token);
                    continue;
                }

                Attempt ended = _running.First(attempt => attempt.Reading == done);
                _running.Remove(ended);
                await TakeAsync(ended);
                Launch(_open.Where(shard => !_running.Exists(attempt => attempt.Shards.Contains(shard))).Order(), isHedge: false, unwanted.Token);
            }

            return _answers;
        }
        finally
        {
            await unwanted.CancelAsync();
            foreach (Attempt left in _running)
            {
                // Nobody waits for them: what they come to is nobody's business any more.
                _ = left.Reading.ContinueWith(static reading => reading.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
    }

    private async Task TakeAsync(Attempt ended)
    {
        IReadOnlyList<(ShardHeader Header, bool HasValue, T? Value)> answers;
        try
        {
            answers = await ended.Reading;
        }
        catch (PeerFailedException)
        {
            return;
        }
        catch (QueryException e) when (e.Kind is QueryErrorKind.Unavailable or QueryErrorKind.Canceled)
        {
            // It has too much to do, or has given the query up: another copy may answer.
            return;
        }

        ShardPlaces now = places.Now;
        int before = _answers.Count;
        foreach ((ShardHeader header, bool hasValue, T? value) in answers)
        {
            // Who has not heard of a newer leader, or says so itself, may lack what was written since: better than nothing, but not whole.
            ShardPlace place = now.Shards[header.Shard];
            bool isReached = goals is null || header.AppliedSeq >= goals.Of(header.Shard);
            bool isOld = goals is null && header.Epoch < place.Epoch;
            bool isBehind = header.Lacks || !isReached || isOld || (goals is null && header.IsBehind);

            if (hasValue && header.Lacks && isReached && !isOld)
            {
                _lasting.Add((header.Shard, ended.Peer.Node));
            }
            else if ((!hasValue || isBehind) && _open.Contains(header.Shard))
            {
                _unclaimed.Add(header.Shard);
            }

            if (hasValue && !isOld && place.IsLedBy(ended.Peer.Node))
            {
                _led[header.Shard] = header.AppliedSeq;
            }

            if (hasValue && isBehind && _open.Contains(header.Shard))
            {
                // A strong read that nobody has reached is refused in any case.
                var answer = new Behind(value!, header.AppliedSeq, header.Lacks);
                if (isReached && (!_behind.TryGetValue(header.Shard, out Behind? best) || answer.IsBetterThan(best)))
                {
                    _behind[header.Shard] = answer;
                }
            }
            else if (hasValue && _open.Remove(header.Shard))
            {
                _answers.Add(header.Shard, value!);
            }
        }

        onAnswered?.Invoke(_answers.Count - before);
    }

    private void Launch(IEnumerable<int> shards, bool isHedge, CancellationToken cancel)
    {
        ShardPlaces now = places.Now;
        var byPeer = new Dictionary<NodeIncarnation, (ShardPeer Peer, List<int> Shards)>();
        foreach (int shard in shards.ToList())
        {
            ShardPlace place = now.Shards[shard];
            ShardPeer? next = place.Readers.FirstOrDefault(peer => !_asked.Contains((shard, peer.Node)));
            if (next is null)
            {
                // A strong read has waited for as long as it may.
                bool isAskedAgain = goals is null && _rounds < RoundsMax && _unclaimed.Contains(shard);
                if (!isHedge && !isAskedAgain)
                {
                    GiveUp(shard);
                }

                continue;
            }

            if (_asked.Any(asked => asked.Shard == shard))
            {
                ActorsMetrics.ReadsRetried.Add(1);
            }

            _asked.Add((shard, next.Node));
            if (!byPeer.TryGetValue(next.Node, out (ShardPeer Peer, List<int> Shards) group))
            {
                byPeer.Add(next.Node, group = (next, []));
            }

            group.Shards.Add(shard);
        }

        foreach ((ShardPeer peer, List<int> asked) in byPeer.Values)
        {
            _running.Add(new Attempt(peer, asked, read(peer, asked, cancel)));
        }
    }

    // Nobody has it whole: the best there is.
    private void GiveUp(int shard)
    {
        _open.Remove(shard);
        if (!_behind.TryGetValue(shard, out Behind? best))
        {
            _missing.Add(shard);
            return;
        }

        // Of copies that lack samples the leader alone is known to have the newest.
        _answers.Add(shard, best.Value);
        bool isNewest = best.Lacks && (goals is not null || (_led.TryGetValue(shard, out long led) && best.AppliedSeq >= led));
        if (best.Lacks)
        {
            _lacking.Add(shard);
        }

        if (!isNewest)
        {
            _missing.Add(shard);
        }
    }

    private async Task PauseAsync(CancellationToken cancel)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ITimer timer = time.CreateTimer(
            static state => ((TaskCompletionSource)state!).TrySetResult(), over, RoundPause, Timeout.InfiniteTimeSpan);
        await over.Task.WaitAsync(cancel);
    }

    // What a copy answered that is behind, or lacks samples.
    private sealed record Behind(T Value, long AppliedSeq, bool Lacks)
    {
        // The newest samples are what most queries are about.
        public bool IsBetterThan(Behind other) => AppliedSeq != other.AppliedSeq ? AppliedSeq > other.AppliedSeq : !Lacks && other.Lacks;
    }

    private sealed record Attempt(ShardPeer Peer, IReadOnlyList<int> Shards, Task<IReadOnlyList<(ShardHeader Header, bool HasValue, T? Value)>> Reading);
}
