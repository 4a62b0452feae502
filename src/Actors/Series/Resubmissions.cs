using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>
/// Samples that were acknowledged and that the journal has lost, or never had: kept on disk until whoever leads their shard has taken them, across
/// restarts. One file at a time is read and sent, for as long as it takes. Sent twice they do no harm.
/// </summary>
/// <param name="kept">On disk.</param>
/// <param name="map">Which series belongs where.</param>
/// <param name="time">Of the pauses between two rounds.</param>
/// <param name="fileBytes">After so many bytes of messages another file is begun: one of them at a time is in memory.</param>
internal sealed class Resubmissions(KeptMessages kept, ShardMap map, TimeProvider time, long fileBytes = Resubmissions.FileBytes)
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of messages after which another file is begun.</summary>
    public const long FileBytes = 32L << 20;

    private readonly Lock _gate = new();

    // By file: which of its messages were taken.
    private readonly Dictionary<string, HashSet<int>> _taken = [];

    // Files of which nothing is left but what a limit of its shard keeps out.
    private readonly HashSet<string> _overLimit = [];
    private Task? _sending;
    private bool _hasMore;

    /// <summary>Takes a batch to whoever leads its shard now; the batch is the callee's.</summary>
    public Func<SampleBatch, Task<IngestOutcome>> Forward { get; set; } = static batch =>
    {
        batch.Dispose();
        return Task.FromResult(IngestOutcome.Nothing with { Failure = "this node does not lead the shard, and knows of nobody who does" });
    };

    /// <summary>Whether any are kept that nobody has taken yet, those aside that a limit keeps out: they may wait for very long.</summary>
    public bool HasAny
    {
        get
        {
            try
            {
                IReadOnlyList<string> names = kept.List();
                lock (_gate)
                {
                    return names.Any(name => !_overLimit.Contains(name));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Nobody knows.
                return true;
            }
        }
    }

    /// <summary>Keeps batches and begins to write them; completes when they are durable here.</summary>
    /// <param name="shard">Whose.</param>
    /// <param name="seq">The record through which the journal has everything.</param>
    /// <param name="batches">The callee's.</param>
    /// <exception cref="IOException">They could not be kept, or not all of them.</exception>
    public async Task AddAsync(ShardId shard, long seq, IReadOnlyList<SampleBatch> batches)
    {
        List<byte[]> messages = [];
        long bytes = 0;
        bool hasAny = false;
        foreach (SampleBatch batch in batches)
        {
            foreach (byte[] message in WriteMessage.Write(batch))
            {
                messages.Add(message);
                bytes += message.Length;
            }

            batch.Dispose();
            if (bytes >= fileBytes)
            {
                await WriteAsync();
            }
        }

        await WriteAsync();
        if (hasAny)
        {
            _ = SendAsync();
        }

        async Task WriteAsync()
        {
            if (messages.Count > 0)
            {
                List<byte[]> file = messages;
                await Task.Run(() => kept.Write(shard, seq, file));
                hasAny = true;
                messages = [];
                bytes = 0;
            }
        }
    }

    /// <summary>Writes what is kept, that of a node that ended before as well; completes when nothing is any more.</summary>
    public Task SendAsync()
    {
        lock (_gate)
        {
            _hasMore = true;
            return _sending ??= Task.Run(SendAllAsync);
        }
    }

    private async Task SendAllAsync()
    {
        TimeSpan pause = PauseMin;
        while (true)
        {
            lock (_gate)
            {
                _hasMore = false;
            }

            int left = 0;
            bool goesOn = false;
            foreach (string name in Names())
            {
                (bool isDone, bool isMore) = await TrySendAsync(name);
                left += isDone ? 0 : 1;
                goesOn |= isMore;
            }

            lock (_gate)
            {
                if (left == 0 && !_hasMore)
                {
                    _sending = null;
                    return;
                }
            }

            // The shards whose samples they are may be nobody's yet, or the store away again.
            pause = goesOn ? PauseMin : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, PauseMax.Ticks));
            await PauseAsync(pause);
        }
    }

    private IReadOnlyList<string> Names()
    {
        try
        {
            return kept.List();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            lock (_gate)
            {
                // Nobody knows whether there are any: another round.
                _hasMore = true;
            }

            return [];
        }
    }

    // Whether nothing of the file is left to send, and whether some of it was taken now.
    private async Task<(bool IsDone, bool IsMore)> TrySendAsync(string name)
    {
        if (!_taken.TryGetValue(name, out HashSet<int>? taken))
        {
            _taken.Add(name, taken = []);
        }

        int before = taken.Count;
        try
        {
            if (await Task.Run(() => kept.TryRead(name)) is not { } messages)
            {
                Forget(name);
                return (true, false);
            }

            int overLimit = 0;
            for (int i = 0; i < messages.Count; i++)
            {
                MessageEnd end = taken.Contains(i) ? MessageEnd.Taken : await SendAsync(messages[i]);
                if (end == MessageEnd.NotNow)
                {
                    break;
                }

                // What is of other series, or earlier, may be taken all the same.
                overLimit += end == MessageEnd.OverLimit ? 1 : 0;
                if (end == MessageEnd.Taken)
                {
                    taken.Add(i);
                }
            }

            NoteOverLimit(name, overLimit > 0 && taken.Count + overLimit == messages.Count);
            if (taken.Count < messages.Count)
            {
                return (false, taken.Count > before);
            }

            await Task.Run(() => kept.Delete(name));
            Forget(name);
            return (true, true);
        }
        catch (WireFormatException)
        {
            // Of another version, or for another number of shards: it will never be read.
            ActorsMetrics.BatchesNotResubmitted.Add(1);
            return (IsPutAside(name), false);
        }
        catch (Exception)
        {
            // Whatever it was: it is there, and tried again.
            return (false, taken.Count > before);
        }
    }

    private void NoteOverLimit(string name, bool isOverLimit)
    {
        lock (_gate)
        {
            if (isOverLimit)
            {
                _overLimit.Add(name);
            }
            else
            {
                _overLimit.Remove(name);
            }
        }
    }

    // Another file may get its name.
    private void Forget(string name)
    {
        _taken.Remove(name);
        NoteOverLimit(name, isOverLimit: false);
    }

    private bool IsPutAside(string name)
    {
        try
        {
            kept.PutAside(name);
            Forget(name);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // What is refused for good is told apart, sample by sample. What a limit keeps out is sent again: there may be room for it later.
    private async Task<MessageEnd> SendAsync(byte[] message)
    {
        SampleBatch batch = WriteMessage.Read(message, map);
        IngestOutcome outcome;
        try
        {
            outcome = await Forward(batch);
        }
        catch (Exception)
        {
            // Whatever it was: the samples are on disk, and are sent again.
            return MessageEnd.NotNow;
        }

        if (outcome.Failure is not null)
        {
            return MessageEnd.NotNow;
        }

        if (outcome.SeriesOverLimit > 0 || outcome.LateOverLimit > 0)
        {
            ActorsMetrics.ResubmissionsOverLimit.Add(1);
            return MessageEnd.OverLimit;
        }

        ActorsMetrics.SamplesNotResubmitted.Add(outcome.Refused);
        (outcome.Refused == 0 ? ActorsMetrics.BatchesResubmitted : ActorsMetrics.BatchesNotResubmitted).Add(1);
        return MessageEnd.Taken;
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ITimer timer = time.CreateTimer(
            static state => ((TaskCompletionSource)state!).TrySetResult(), over, pause, Timeout.InfiniteTimeSpan);
        await over.Task;
    }

    // What became of a message.
    private enum MessageEnd
    {
        /// <summary>Its end is known: taken, or refused for good.</summary>
        Taken,

        /// <summary>A limit of its shard keeps some of it out.</summary>
        OverLimit,

        /// <summary>Nobody took it.</summary>
        NotNow,
    }
}
