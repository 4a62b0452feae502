using Pleiad.Kernel;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>Keeps in the spool of this node what leaders of other nodes send to the copies here.</summary>
/// <param name="spool">Of this node.</param>
/// <param name="places">Who leads what, as far as is known.</param>
/// <param name="mark">How far a shard is applied here.</param>
/// <param name="missed">Told of a shard, and the number and epoch of its newest record that was not kept here: another copy may have.</param>
internal sealed class SpoolReceiver(SpoolLog spool, IShardPlaces places, Func<int, AppliedMark> mark, Action<int, long, long> missed)
{
    /// <summary>In an answer: the records are not taken, whatever came before them.</summary>
    public const long NotHere = -1;

    /// <summary>Handles them from now on.</summary>
    public void AddTo(NodeMessages messages) => messages.Add(SpoolWire.Number, HandleAsync);

    private ValueTask<NodeMessage> HandleAsync(IncomingMessage message)
    {
        // The bytes are not ours any longer than this call.
        IReadOnlyList<SpoolNews> records = SpoolWire.Read(message.Message.Payload.Span, places.Now.Shards.Length);
        return new ValueTask<NodeMessage>(Task.Run(() => SpoolWire.Answer(Keep(records))));
    }

    /// <summary>Keeps records; returns those shards of which none was kept, and from which record on they are needed.</summary>
    internal IReadOnlyCollection<(int Shard, long NeededFrom)> Keep(IReadOnlyList<SpoolNews> records)
    {
        var refused = new Dictionary<int, long>();
        var kept = new List<SpooledRecord>(records.Count);
        bool isFull = !spool.IsUsed || spool.Use.Share >= 1;
        foreach (IGrouping<int, SpoolNews> of in records.GroupBy(static news => news.Record.Shard))
        {
            if ((isFull || of.Any(static news => !news.Record.IsWhole) || !CouldApply([.. of]) ? NotHere : NeededFrom(of.First())) is not 0 and long from)
            {
                refused.Add(of.Key, from);
            }
            else
            {
                kept.AddRange(of.Select(static news => news.Record));
            }
        }

        try
        {
            foreach (int shard in spool.Append(kept))
            {
                refused[shard] = NotHere;
            }
        }
        catch (IOException)
        {
            foreach (SpooledRecord record in kept)
            {
                refused[record.Shard] = NotHere;
            }
        }

        foreach (SpoolNews news in records.Where(news => refused.ContainsKey(news.Record.Shard)))
        {
            missed(news.Record.Shard, news.Record.Seq, news.Record.Epoch);
        }

        return [.. refused.Select(static one => (one.Key, one.Value))];
    }

    // A copy that has not what the journal has, because it is being made or has lost samples, could make nothing of them: it counts as no disk. Nor does one
    // that has applied something else in their place; kept there nobody would look for them any more.
    private bool CouldApply(SpoolNews[] of)
    {
        (SpooledRecord first, SpooledRecord last) = (of[0].Record, of[^1].Record);
        AppliedMark here = mark(first.Shard);
        return here is { IsWhole: true, Seq: >= 0 } && !IsAgainst(here, of, first, last);
    }

    private bool IsAgainst(AppliedMark here, SpoolNews[] of, in SpooledRecord first, in SpooledRecord last)
    {
        if (here.Seq < first.Seq - 1 || (spool.Find(last.Shard, last.Seq) is { } kept && kept.Hash == last.Hash))
        {
            return false;
        }

        if (here.Seq == first.Seq - 1)
        {
            return here.Hash != 0 && here.Hash != first.HashBefore;
        }

        // A copy that is slow has been told of more than it was sent to keep. A term has one record of a number; of another term nobody can say.
        int same = Array.FindIndex(of, news => news.Record.Seq == here.Seq);
        return same >= 0 ? of[same].Record.Hash != here.Hash : here.Epoch != last.Epoch;
    }

    // 0 where it can be kept. Without what lies between it and the journal nobody could apply it.
    private long NeededFrom(in SpoolNews news)
    {
        (int shard, long epoch, long seq) = (news.Record.Shard, news.Record.Epoch, news.Record.Seq);
        ShardPlace place = places.Now.Shards[shard];
        if (place.Here == ShardRole.Leader || place.Epoch > epoch || spool.IsFenced(shard, epoch))
        {
            return NotHere;
        }

        if (spool.EndsOf(shard) is { } ends && ends.Last.Epoch == epoch)
        {
            // Of one epoch everything through that is certain to be in the journal.
            spool.Release(shard, news.CommittedThrough);
        }

        if (spool.EndsOf(shard) is not { } chain)
        {
            return seq <= news.CommittedThrough + 1 ? 0 : news.CommittedThrough + 1;
        }

        return spool.GoesOnWith(shard, epoch, seq, news.Record.HashBefore) ? 0 : seq > chain.Last.Seq + 1 ? chain.Last.Seq + 1 : NotHere;
    }
}
