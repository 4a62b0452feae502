using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Persistence;

/// <content>What waits: records of acquisitions of shards, alone in the queue, or gathered in a run.</content>
public sealed partial class GroupCommitLog
{
    /// <summary>An acquisition of a shard by this node.</summary>
    private sealed class Lead(ShardOwnership row)
    {
        // One for many records: what has waited in a spool for hours is told apart by this.
        private static readonly TimeSpan MarkEvery = TimeSpan.FromSeconds(5);
        private readonly List<(long Seq, long QueuedAt)> _marks = [];

        public int Shard { get; } = row.Shard;

        public long Epoch { get; } = row.Epoch;

        public Guid Token { get; } = row.Token;

        public long NextSeq { get; set; } = row.NextSeq;

        public long Hash { get; set; } = row.Hash;

        /// <summary>Records that are neither committed nor refused.</summary>
        public int UnderWay { get; set; }

        /// <summary>Through which record the journal is certain to have everything.</summary>
        public long CommittedSeq { get; set; } = row.NextSeq - 1;

        /// <summary>Whether what is appended is what a journal has lost.</summary>
        public bool IsRestoring { get; set; }

        /// <summary>Whether records of it are on their way into the spools.</summary>
        public bool IsBeingKept { get; set; }

        /// <summary>When its records could not be spooled, in ticks of the clock; they are tried again after a while.</summary>
        public long? SpoolFailedAt { get; set; }

        public TaskCompletionSource? Drained { get; set; }

        /// <summary>The first of the records that are acknowledged from the spool, in nobody's hands, and to be committed before anything that waits.</summary>
        public long SpooledFrom { get; private set; } = 1;

        /// <summary>The last of them; before the first where there is none.</summary>
        public long SpooledThrough { get; private set; }

        /// <summary>The rolling hash before the first of them.</summary>
        public long HashBeforeSpooled { get; private set; }

        /// <summary>The rolling hash at the last of them.</summary>
        public long SpooledHash { get; private set; }

        public bool HasSpooled => SpooledFrom <= SpooledThrough;

        /// <summary>When the first of them, or one a little before it, was appended.</summary>
        public long SpooledSince => _marks[0].QueuedAt;

        /// <summary>A record that comes next is acknowledged from the spool.</summary>
        public void AddSpooled(Waiting waiting, TimeProvider time)
        {
            if (!HasSpooled)
            {
                (SpooledFrom, HashBeforeSpooled) = (waiting.Seq, waiting.HashBefore);
            }

            if (_marks.Count == 0 || time.GetElapsedTime(_marks[^1].QueuedAt, waiting.QueuedAt) >= MarkEvery)
            {
                _marks.Add((waiting.Seq, waiting.QueuedAt));
            }

            (SpooledThrough, SpooledHash) = (waiting.Seq, waiting.Hash);
        }

        /// <summary>The first of them are in a run now.</summary>
        /// <param name="throughSeq">The last one.</param>
        /// <param name="hash">The rolling hash there.</param>
        public void TakeSpooled(long throughSeq, long hash)
        {
            (SpooledFrom, HashBeforeSpooled) = (throughSeq + 1, hash);
            int passed = HasSpooled ? _marks.FindLastIndex(mark => mark.Seq <= SpooledFrom) : _marks.Count;
            _marks.RemoveRange(0, passed);
        }
    }

    /// <summary>A record that somebody waits for.</summary>
    private sealed class Waiting(Lead lead, long seq, long hashBefore, long hash, ReadOnlyMemory<byte> payload, long queuedAt)
        : TaskCompletionSource<LogOutcome>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public Lead Lead { get; } = lead;

        public long Seq { get; } = seq;

        public long HashBefore { get; } = hashBefore;

        public long Hash { get; } = hash;

        public long QueuedAt { get; } = queuedAt;

        public int Bytes { get; } = payload.Length;

        /// <summary>Where it is in the queue; null once it is not.</summary>
        public LinkedListNode<Waiting>? Place { get; set; }

        /// <summary>Null once it is in the spool.</summary>
        public ReadOnlyMemory<byte>? Payload { get; set; } = payload;

        /// <summary>Whether it is being committed.</summary>
        public bool IsUnderWay { get; set; }

        /// <summary>Whether it was acknowledged from the spool.</summary>
        public bool IsSpooled { get; set; }

        /// <summary>Whether the journal has it, or never will.</summary>
        public bool HasEnded { get; set; }
    }

    /// <summary>Consecutive records of one acquisition that are committed together: some that were acknowledged before, then some that are waited for.</summary>
    private sealed class Group(Lead lead, long firstSeq, long hashBefore, long queuedAt)
    {
        private readonly List<long> _hashes = [];
        private readonly List<ReadOnlyMemory<byte>> _payloads = [];

        public Lead Lead { get; } = lead;

        public List<Waiting> Waiting { get; } = [];

        /// <summary>When the first was appended.</summary>
        public long QueuedAt { get; } = queuedAt;

        public long FirstSeq { get; } = firstSeq;

        public int SpooledCount { get; private set; }

        public int Bytes { get; private set; }

        public int Count => _payloads.Count;

        public long LastSeq => FirstSeq + Count - 1;

        public long Hash => Count == 0 ? hashBefore : _hashes[^1];

        /// <summary>Adds a record that was acknowledged before.</summary>
        public void AddSpooled(ReadOnlyMemory<byte> payload)
        {
            Add(payload, (long)XxHash64.Of(payload.Span, (ulong)Hash));
            SpooledCount++;
        }

        public void Add(Waiting waiting, ReadOnlyMemory<byte> payload)
        {
            Add(payload, waiting.Hash);
            Waiting.Add(waiting);
        }

        public JournalRun ToRun() => new(Lead.Shard, Lead.Epoch, Lead.Token, FirstSeq, _hashes, _payloads);

        private void Add(ReadOnlyMemory<byte> payload, long hash)
        {
            _hashes.Add(hash);
            _payloads.Add(payload);
            Bytes += payload.Length;
        }
    }
}
