using Microsoft.Extensions.Logging;
using Pleiad.Kernel;
using Pleiad.Scraping;

namespace Pleiad.Actors;

/// <summary>One job: runs its discoveries, keeps its targets, supervises their actors.</summary>
internal sealed class ScrapePoolActor(ScrapePoolParts parts, ILogger log) : Actor
{
    private readonly Dictionary<TargetKey, ActorRef> _actors = [];
    private readonly Dictionary<int, FoundBefore> _found = [];
    private readonly List<PageFetcher> _closing = [];
    private CancellationTokenSource? _discovering;
    private ScrapeConfig? _config;
    private ScrapeLimits _limits = ScrapeLimits.Default;
    private TimeSpan _outOfOrderWindow;
    private PageFetcher? _fetcher;
    private TargetSet _targets = TargetSet.Empty;
    private string? _overLimit;
    private int _round;
    private bool _retiring;

    // A target that fails is not trusted to go on: it ends, and starts anew with what holds now.
    protected override SupervisorStrategy SupervisorStrategy => SupervisorStrategy.Stopping;

    protected override void PreStart()
    {
        if (parts.Led is not null)
        {
            Context.System.EventStream.Subscribe<LedShardsChanged>(Self);
        }
    }

    protected override void Receive(object message)
    {
        switch (message)
        {
            case LedShardsChanged when !_retiring && _config is not null:
                FollowShards();
                break;
            case LedShardsChanged:
                break;
            case ApplyPool apply:
                OnApply(apply);
                break;
            case Discovered discovered when discovered.Round == _round:
                OnDiscovered(discovered);
                break;
            case Discovered or DiscoveryEnded:
                break;
            case DiscoveryFailed failed:
                log.DiscoveryReported(_config!.JobName, $"{failed.Name}: {failed.Cause.Message}");
                break;
            case TellStatus:
                TellStatusTo(Sender);
                break;
            case CountTargets:
                Sender.Tell(new TargetCount(_targets.Active.Count(target => _actors.ContainsKey(target.Key))), Self);
                break;
            case TellMetadata:
                TellMetadataTo(Sender);
                break;
            case GatheredAnswer answer:
                answer.To.Tell(answer.Message, Self);
                break;
            case Retire:
                OnRetire();
                break;
            case CloseFetcher close:
                _closing.Remove(close.Fetcher);
                close.Fetcher.Dispose();
                break;
            case StartAgain again when !_retiring && !_actors.ContainsKey(again.Key) && _targets.TryGet(again.Key, out Target? target) && IsHere(target!):
                Start(target!, Setup());
                break;
            case StartAgain:
                break;
            case Terminated terminated:
                OnTerminated(terminated.Actor);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        StopDiscovering();
        _fetcher?.Dispose();
        _closing.ForEach(fetcher => fetcher.Dispose());
    }

    private void OnApply(ApplyPool apply)
    {
        PageFetcher? old = _fetcher;
        ScrapeConfig config = apply.Config;
        _config = config;
        _outOfOrderWindow = apply.OutOfOrderWindow;
        _limits = config.LimitsWith(parts.Limits);
        _fetcher = new PageFetcher(config, _limits, Context.Time, parts.UserAgent, parts.Pages);
        StartDiscovering();
        Update(reconfigured: true);
        if (old is not null)
        {
            // Fetches under way end within their timeout; only then are its connections closed.
            _closing.Add(old);
            Timers.StartSingle(old, new CloseFetcher(old), config.ScrapeTimeout + config.ScrapeInterval);
        }
    }

    // What was found before stays until the new discoveries have said something: running targets keep running.
    private void StartDiscovering()
    {
        StopDiscovering();
        _round++;
        IReadOnlyList<IDiscovery> discoveries = [.. Discoveries.Of(_config!.Discoveries, Context.Time, parts.UserAgent, [.. _found.Values]).Select(InTheCluster)];
        foreach (int gone in _found.Keys.Where(discovery => discovery >= discoveries.Count).ToArray())
        {
            _found.Remove(gone);
        }

        _discovering = new CancellationTokenSource();
        ActorRef self = Self;
        int round = _round;
        for (int i = 0; i < discoveries.Count; i++)
        {
            int number = i;
            string name = discoveries[i].Name;
            Context.PipeToSelf(
                discoveries[i].RunAsync(update => self.Tell(new Discovered(round, number, name, update)), _discovering.Token),
                static () => DiscoveryEnded.Instance,
                failure => new DiscoveryFailed(name, failure));
        }
    }

    // What asks somebody is asked by one node for all. Files are each node's own, and what stands in the configuration costs nothing.
    private IDiscovery InTheCluster(IDiscovery discovery, int number)
    {
        DiscoveryConfig config = _config!.Discoveries[number];
        if (parts.Documents is not { } documents || parts.Led is not { } led || config is not (HttpDiscoveryConfig or DnsDiscoveryConfig))
        {
            return discovery;
        }

        TimeProvider time = Context.Time;
        return new SharedDiscovery(
            discovery.Name, _config.JobName, SharedDiscovery.FingerprintOf(_config, number),
            known => Discoveries.Of([config], time, parts.UserAgent, [new FoundBefore(config, known)])[0],
            _found.TryGetValue(number, out FoundBefore? before) && before.By == config ? before.Groups : [],
            led.LeadsHash, documents, time, parts.SharedDiscovery);
    }

    private void OnDiscovered(Discovered discovered)
    {
        foreach (string problem in discovered.Update.Problems)
        {
            log.DiscoveryReported(_config!.JobName, $"{discovered.Name}: {problem}");
        }

        _found[discovered.Number] = new FoundBefore(_config!.Discoveries[discovered.Number], discovered.Update.Groups);
        Update(reconfigured: false);
    }

    private void StopDiscovering()
    {
        _discovering?.Cancel();
        _discovering?.Dispose();
        _discovering = null;
    }

    private void Update(bool reconfigured)
    {
        _targets = _targets.Next(_config!, _limits, _found.Values.SelectMany(found => found.Groups), out TargetSetChange change);
        foreach (string problem in _targets.Problems)
        {
            log.DiscoveryReported(_config!.JobName, problem);
        }

        bool limitChanged = _overLimit != _targets.OverLimit;
        _overLimit = _targets.OverLimit;
        PoolSetup setup = Setup();

        // Whoever has just failed has no actor until he starts again, with what holds by then.
        foreach (Target target in change.Gone)
        {
            if (_actors.TryGetValue(target.Key, out ActorRef? gone))
            {
                gone.Tell(new Retire(), Self);
            }
        }

        if (reconfigured || limitChanged)
        {
            foreach (Target target in change.Kept)
            {
                if (_actors.TryGetValue(target.Key, out ActorRef? kept))
                {
                    kept.Tell(new ScrapeLike(target, setup), Self);
                }
            }
        }

        foreach (Target target in change.Added.Where(IsHere))
        {
            if (_actors.TryGetValue(target.Key, out ActorRef? retired))
            {
                retired.Tell(new ScrapeLike(target, setup), Self);
            }
            else
            {
                Start(target, setup);
            }
        }
    }

    private bool IsHere(Target target) => parts.Led is not { } led || led.LeadsTarget(target.Labels);

    // Who leads a target's shard from now on scrapes it on. Its series do not end, so there are no stale markers.
    private void FollowShards()
    {
        PoolSetup setup = Setup();
        foreach (Target target in _targets.Active)
        {
            bool runs = _actors.TryGetValue(target.Key, out ActorRef? actor);
            if (IsHere(target) && !runs)
            {
                Start(target, setup, goesOn: true);
            }
            else if (!IsHere(target) && runs)
            {
                _actors.Remove(target.Key);
                Context.Stop(actor!);
            }
        }
    }

    private void OnTerminated(ActorRef actor)
    {
        TargetKey? key = null;
        foreach ((TargetKey candidate, ActorRef reference) in _actors)
        {
            if (reference.Equals(actor))
            {
                key = candidate;
            }
        }

        if (key is not { } ended)
        {
            return;
        }

        _actors.Remove(ended);
        if (_retiring)
        {
            if (_actors.Count == 0)
            {
                Context.Stop(Self);
            }
        }
        else if (_targets.TryGet(ended, out Target? target) && IsHere(target!))
        {
            // It failed, or was taken up again just as it ended. Not at once: what makes it fail may still be there.
            log.DiscoveryReported(_config!.JobName, $"target {target!.Url} ended and starts anew");
            Timers.StartSingle(ended, new StartAgain(ended), target.Interval);
        }
    }

    private void OnRetire()
    {
        _retiring = true;
        StopDiscovering();
        foreach (ActorRef target in _actors.Values)
        {
            target.Tell(new Retire(), Self);
        }

        if (_actors.Count == 0)
        {
            Context.Stop(Self);
        }
    }

    private PoolSetup Setup()
    {
        ReadSettings reading = ReadSettings.Of(_config!, _limits);
        reading = reading with
        {
            TypeAndUnitLabels = parts.TypeAndUnitLabels,
            StartTimestamps = parts.StartTimestamps,
            Exemplars = true,
            BehindMax = _outOfOrderWindow > reading.BehindMax ? _outOfOrderWindow : reading.BehindMax,
        };
        return new PoolSetup(_fetcher!, reading, _config!.MetricRelabelling, $"{_config.Fingerprint}{_outOfOrderWindow}", _overLimit);
    }

    private void Start(Target target, PoolSetup setup, bool goesOn = false) => _actors[target.Key] = Context.Watch(Context.ActorOf(
        Props.Create(() => new TargetActor(target, setup, parts.Shards, parts.HostName, parts.FirstReads, goesOn, parts.NewestSample, log))));

    private void TellStatusTo(ActorRef asker)
    {
        DroppedTarget[] dropped = [.. _targets.Dropped.Select(labels => new DroppedTarget(labels, _config!.JobName))];
        int droppedCount = _targets.DroppedCount;
        string pool = _config!.JobName;
        Task<ActiveTarget[]> asked = AskTargets<ActiveTarget>(new TellStatus());
        Context.PipeToSelf(asked, active => new GatheredAnswer(asker, new PoolStatus(pool, active, dropped, droppedCount)), failure => new GatheredAnswer(asker, new Failure(failure)));
    }

    private void TellMetadataTo(ActorRef asker) => Context.PipeToSelf(
        AskTargets<TargetMetadata>(new TellMetadata()),
        told => new GatheredAnswer(asker, new MetadataTold(told)),
        failure => new GatheredAnswer(asker, new Failure(failure)));

    // A target that is just ending has nothing to tell, and must not keep the others from being seen.
    private async Task<T[]> AskTargets<T>(object question)
        where T : class
    {
        T?[] told = await Task.WhenAll(_targets.Active
            .Where(target => _actors.ContainsKey(target.Key))
            .Select(target => AskAsync<T>(_actors[target.Key], question)));
        return [.. told.OfType<T>()];
    }

    private static async Task<T?> AskAsync<T>(ActorRef target, object question)
        where T : class
    {
        try
        {
            return await target.Ask<T>(question, ScrapePoolParts.AnswerTimeout, CancellationToken.None);
        }
        catch (Exception e) when (e is AskTimeoutException or AskRefusedException)
        {
            return null;
        }
    }

    private sealed record StartAgain(TargetKey Key);

    private sealed record CloseFetcher(PageFetcher Fetcher);

    /// <param name="Round">Which start of the discoveries; an older one's late news are ignored.</param>
    /// <param name="Number">Of the discovery within the pool.</param>
    private sealed record Discovered(int Round, int Number, string Name, DiscoveryUpdate Update);

    private sealed record DiscoveryFailed(string Name, Exception Cause);

    private sealed class DiscoveryEnded
    {
        public static readonly DiscoveryEnded Instance = new();
    }
}
