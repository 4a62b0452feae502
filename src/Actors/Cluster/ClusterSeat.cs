using System.Collections.Immutable;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Actors;

/// <summary>This node's place in its cluster: the cluster actor, what it leads and copies, and what it tells of that.</summary>
internal sealed class ClusterSeat : IClusterSeat, IDisposable
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    // A node that has died is known to have after some seconds.
    private static readonly TimeSpan InquiryPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan InquiryAnswerTimeout = TimeSpan.FromSeconds(2);

    // An operator waits for it, and whoever is dead is known to be within seconds.
    private static readonly TimeSpan FiguresAnswerTimeout = TimeSpan.FromSeconds(1);

    private readonly ClusterAccess _parts;
    private readonly ActorRef _cluster;
    private readonly ShardCopier _copier;
    private readonly FiguresInquiry _figures;
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="system">Where its actors live.</param>
    /// <param name="parts">What they need.</param>
    /// <param name="home">Of the shards.</param>
    /// <param name="owners">The actor of shard i at index i.</param>
    /// <param name="led">Kept up to date.</param>
    /// <param name="firstReads">Of the targets.</param>
    /// <param name="targets">Counts those of this node.</param>
    public ClusterSeat(
        ActorSystem system, ClusterAccess parts, ShardHome home, IReadOnlyList<ActorRef> owners, LedShards led, FirstReads firstReads, TargetCatalog targets)
    {
        _parts = parts;
        ClusterJournal journal = home.Cluster ?? throw new ArgumentException("the shards are not those of a cluster", nameof(home));
        var pulse = new Pulse(system.Settings.Time, parts.Membership.StallMax);
        var shards = new ClusterShards(owners, journal, led, firstReads);
        var setup = new ClusterSetup
        {
            Pulse = pulse,
            Self = parts.Self,
            Store = parts.Store,
            Transport = parts.Transport,
            Shards = shards,
            Membership = parts.Membership,
            Region = parts.Region,
        };
        var places = new PublishedPlaces(
            new ShardPlaces(0, [.. owners.Select(static (_, shard) => new ShardPlace { Shard = shard })]), journal.ShardMarkOf, journal.AppliedAsync,
            journal.WholeFrom);
        Places = places;
        _figures = new FiguresInquiry(
            async () => new NodeFigures(
                await targets.CountAsync(), [.. owners.Select((_, shard) => journal.SoundSeq(shard))],
                journal.Spool is { } log && (log.IsUsed || log.Use.Records > 0) ? log.Use : null),
            places, FiguresAnswerTimeout);
        _figures.AddTo(parts.Messages);
        if (journal.Spool is { } spool)
        {
            new SpoolReceiver(spool, places, journal.MarkOf, journal.NoteMissed).AddTo(parts.Messages);
            var inquiry = new SpoolInquiry(spool, () => journal.Resubmissions.HasAny, places, system.Settings.Time, InquiryPatience, InquiryAnswerTimeout);
            inquiry.AddTo(parts.Messages);
            shards.MayBeSpooledElsewhere = inquiry.MayBeElsewhereAsync;
            MayBeSpooled = inquiry.MayBeAsync;
        }

        _copier = new ShardCopier(places);
        journal.Copy = _copier.CopyAsync;
        new CopySource(shard => home.FilesOf(new ShardId(shard)), owners.Count, journal.SavedSeq).AddTo(parts.Messages);
        system.ActorOf(Props.Create(() => new JournalTrimActor(places, parts.Store, journal.SavedSeq, parts.Region.Replicas, parts.TrimInterval)), "trim");
        ActorRef news = system.ActorOf(Props.Create(() => new CommittedNewsActor(places)), "committed-news");
        journal.Committed = record => news.TryTell(new CommittedNews(record));
        new CommittedNewsReceiver(owners).AddTo(parts.Messages);
        system.ActorOf(Props.Create(() => new ShardPlacesActor(parts.Transport, places, journal.WholeSeq)), "places");
        system.ActorOf(Props.Create(() => new ClusterNewsActor(parts.Self.Incarnation, _joined, _ended)), "cluster-news");
        ActorRef cluster = _cluster = system.ActorOf(Props.Create(() => new ClusterActor(setup)), "cluster");
        journal.TermLost = (shard, epoch) => cluster.Tell(new RegionEvent.Fenced(shard, epoch));
        if (journal.Spool is { IsUsed: true } kept)
        {
            parts.Terms.UseSpool(new ReplicatedSpool(kept, places), journal.TermLost);
        }

        _ = _joined.Task.ContinueWith(
            _ => journal.Resubmissions.SendAsync(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        foreach (ushort number in ClusterActor.MessageNumbers)
        {
            parts.Messages.Add(number, incoming => ClusterActor.HandleAsync(cluster, pulse, incoming, AnswerTimeout));
        }
    }

    /// <summary>Whether something may be acknowledged that the rows of the shards do not count; null where there are no spools.</summary>
    public Func<CancellationToken, Task<bool>>? MayBeSpooled { get; }

    /// <summary>Where all shards are.</summary>
    public IShardPlaces Places { get; }

    /// <inheritdoc/>
    public Task Joined => _joined.Task;

    /// <inheritdoc/>
    public Task<string> Ended => _ended.Task;

    /// <inheritdoc/>
    public async Task<ClusterReport> ReportAsync(bool asksOthers, CancellationToken cancel)
    {
        try
        {
            ClusterStatus status = await _cluster.Ask<ClusterStatus>(new ClusterActor.TakeStatus(), AnswerTimeout, cancel);
            IReadOnlyDictionary<string, NodeFigures> figures = await _figures.AskAsync(_parts.Self.Name, asksOthers, cancel);
            return ClusterReport.Of(status, figures, asksOthers);
        }
        catch (Exception e) when (e is AskTimeoutException or AskRefusedException)
        {
            // Taken for dead, or leaving: the process ends in a moment.
            throw new QueryException(QueryErrorKind.Unavailable, "this node is not part of its cluster any more, or has too much to do to say; ask another node");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _copier.Dispose();

    /// <inheritdoc/>
    public async Task LeaveAsync(TimeSpan patience, TimeProvider time)
    {
        ClusterStatus status;
        try
        {
            status = await _cluster.Ask<ClusterStatus>(new ClusterActor.TakeStatus(), AnswerTimeout, CancellationToken.None);
        }
        catch (Exception e) when (e is AskTimeoutException or AskRefusedException)
        {
            return;
        }

        // Who is alone has nobody to hand over to; the next life of the node takes its place.
        if (!status.View.Members.Any(member => member is { Status: MemberStatus.Up, IsStore: true } && member.Incarnation != _parts.Self.Incarnation))
        {
            return;
        }

        _cluster.Tell(new ClusterActor.Leave());
        using var timeout = new CancellationTokenSource(patience, time);
        try
        {
            await Ended.WaitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            // Whoever takes the shards over finds everything in the journal.
        }
    }
}
