using Pleiad.Kernel;
using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>
/// Takes batches to the leaders of their shards, whichever nodes they are. A leader that has lost its shard, or does not answer, is followed by the
/// next one until the time is over; one that cannot be reached from here is reached by way of another node. Sending samples twice does no harm: they are a set.
/// </summary>
/// <param name="here">Writes on this node; a batch comes back where it does not lead the shard.</param>
/// <param name="map">Of the cluster.</param>
/// <param name="places">Where the leaders are.</param>
/// <param name="settings">Limits.</param>
/// <param name="time">Measures.</param>
internal sealed class ClusterWrites(
    Func<SampleBatch, CancellationToken, Task<WriteHere>> here, ShardMap map, IShardPlaces places, ForwardSettings settings, TimeProvider time)
{
    /// <summary>Writes a batch; completes when it is durable, refused, or out of time.</summary>
    public async Task<IngestOutcome> WriteAsync(SampleBatch batch, CancellationToken cancel)
    {
        using var journey = new Journey(batch);
        long begun = time.GetTimestamp();
        while (true)
        {
            ShardPlaces seen = places.Now;
            ShardPlace place = seen.Shards[journey.Shard.Value];
            TimeSpan left = Left(begun);
            if (left <= TimeSpan.Zero)
            {
                ActorsMetrics.BatchesWithoutLeader.Add(1);
                return journey.Outcome.And(IngestOutcome.Nothing with { Failure = $"shard {journey.Shard} takes no samples now ({journey.Obstacle}); try again later" });
            }

            if (place.Here == ShardRole.Leader)
            {
                await HereAsync(journey, cancel);
            }
            else if ((place.Leader ?? place.Successor) is { } leader)
            {
                await SendAsync(journey, leader, seen, begun, cancel);
            }

            if (journey.HasEnded)
            {
                return journey.Outcome;
            }

            ActorsMetrics.WritesRetried.Add(1);
            TimeSpan pause = journey.PauseOf(settings);
            await places.NewerWithinAsync(seen, left < pause ? left : pause, time, cancel);
        }
    }

    private async Task HereAsync(Journey journey, CancellationToken cancel)
    {
        while (!journey.HasEnded)
        {
            WriteHere answer = await here(journey.Next(map), cancel);
            if (answer.Moved is { } back)
            {
                journey.TakeBack(back);
                return;
            }

            journey.Note(answer.Outcome);
        }
    }

    private TimeSpan Left(long begun) => settings.Deadline - time.GetElapsedTime(begun);

    private async Task SendAsync(Journey journey, ShardPeer leader, ShardPlaces seen, long begun, CancellationToken cancel)
    {
        journey.Obstacle = $"{leader.Name} did not take them";
        while (!journey.HasEnded && Left(begun) is { Ticks: > 0 } left)
        {
            byte[] message = journey.NextMessage();
            (IngestOutcome? outcome, ReplyResult result) = await AskAsync(leader, WriteMessage.Number, message, left, cancel);
            if (result == ReplyResult.Unreachable)
            {
                outcome = await RelayAsync(journey, leader, message, seen, begun, cancel);
            }

            if (outcome is null)
            {
                return;
            }

            journey.Note(outcome);
        }
    }

    // The way to a leader may be broken in one direction for hours, and he leads all the same, for others reach him. One who is found dead is not waited for.
    private async Task<IngestOutcome?> RelayAsync(Journey journey, ShardPeer leader, byte[] message, ShardPlaces seen, long begun, CancellationToken cancel)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task newer = places.NewerThanAsync(seen, over.Token);
        try
        {
            ShardPeer[] others = [.. places.Peers.Where(peer => peer.Node != leader.Node)];
            for (int asked = 0; asked < Math.Min(others.Length, settings.RelaysMax); asked++)
            {
                ShardPeer via = others[journey.NextRelay(others.Length)];
                if (newer.IsCompleted || Left(begun) is not { Ticks: > 0 } left)
                {
                    return null;
                }

                Task<(IngestOutcome? Outcome, ReplyResult)> asking = AskAsync(via, WriteMessage.RelayNumber, message, left, over.Token);
                if (await Task.WhenAny(asking, newer) == newer)
                {
                    cancel.ThrowIfCancellationRequested();
                    return null;
                }

                if ((await asking).Outcome is { } outcome)
                {
                    ActorsMetrics.WritesRelayed.Add(1);
                    return outcome;
                }
            }

            journey.WasUnreached();
            return null;
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    // No outcome when it is to be tried elsewhere, or again.
    private static async Task<(IngestOutcome? Outcome, ReplyResult Result)> AskAsync(ShardPeer peer, ushort number, byte[] message, TimeSpan left, CancellationToken cancel)
    {
        NodeReply reply = await peer.Link.AskAsync(Lane.Replication, new NodeMessage(number, message), left).AsTask().WaitAsync(cancel);
        if (reply.Result != ReplyResult.Answered)
        {
            return (null, reply.Result);
        }

        try
        {
            WriteAnswer answer = WriteAnswer.Read(reply.Message);
            return (answer.IsMoved ? null : answer.Outcome, reply.Result);
        }
        catch (WireFormatException)
        {
            return (null, reply.Result);
        }
    }

    // A batch on its way: whole as long as it can be, cut into messages once it has to leave this node, and then message by message.
    private sealed class Journey(SampleBatch batch) : IDisposable
    {
        private SampleBatch? _whole = batch;
        private IReadOnlyList<byte[]>? _messages;
        private int _arrived;
        private int _relays;
        private int _unreached;

        public ShardId Shard { get; } = batch.Shard;

        public IngestOutcome Outcome { get; private set; } = IngestOutcome.Nothing;

        public string Obstacle { get; set; } = "nobody leads it";

        public bool HasEnded { get; private set; }

        /// <summary>What is written next, for this node; it is the caller's.</summary>
        public SampleBatch Next(ShardMap map)
        {
            SampleBatch next = _whole ?? WriteMessage.Read(_messages![_arrived], map);
            _whole = null;
            return next;
        }

        /// <summary>What is written next, for another node.</summary>
        public byte[] NextMessage()
        {
            if (_messages is null)
            {
                _messages = WriteMessage.Write(_whole!);
                _whole!.Dispose();
                _whole = null;
            }

            return _messages[_arrived];
        }

        /// <summary>Which of the nodes that may pass it on is asked next: shard by shard with another one, and each time the next.</summary>
        public int NextRelay(int nodes) => (Shard.Value + _relays++) % nodes;

        /// <summary>Nobody who was asked could pass it on.</summary>
        public void WasUnreached() => _unreached++;

        /// <summary>Until it is tried again: longer each time where nobody could pass it on.</summary>
        public TimeSpan PauseOf(ForwardSettings settings) =>
            TimeSpan.FromTicks(Math.Min(settings.RetryPause.Ticks << Math.Min(_unreached, 16), Math.Max(settings.RetryPause.Ticks, settings.RetryPauseMax.Ticks)));

        /// <summary>This node does not lead the shard.</summary>
        public void TakeBack(SampleBatch back)
        {
            Obstacle = "another node leads it";
            if (_messages is null)
            {
                _whole = back;
            }
            else
            {
                back.Dispose();
            }
        }

        /// <summary>What was written next has arrived.</summary>
        public void Note(IngestOutcome outcome)
        {
            Outcome = Outcome.And(outcome);
            _arrived++;
            HasEnded = _messages is null || _arrived == _messages.Count || outcome.Failure is not null;
        }

        public void Dispose() => _whole?.Dispose();
    }
}

/// <summary>What became of a batch on this node.</summary>
/// <param name="Outcome">Where it was written, or refused.</param>
/// <param name="Moved">The batch, where this node does not lead its shard.</param>
internal readonly record struct WriteHere(IngestOutcome Outcome, SampleBatch? Moved)
{
    /// <summary>It was written here, or refused.</summary>
    public static implicit operator WriteHere(IngestOutcome outcome) => new(outcome, null);
}
