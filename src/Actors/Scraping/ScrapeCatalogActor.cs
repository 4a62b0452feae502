using Microsoft.Extensions.Logging;
using Pleiad.Kernel;
using Pleiad.Scraping;

namespace Pleiad.Actors;

/// <summary>All scrape pools of the node: one child for each job of the configuration in force.</summary>
internal sealed class ScrapeCatalogActor(ScrapePoolParts parts, ILogger log) : Actor
{
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, ActorRef> _pools = [];
    private readonly Dictionary<string, ScrapeConfig> _jobs = [];
    private IReadOnlyList<string> _order = [];
    private TimeSpan _outOfOrderWindow;

    // A pool that fails ends with its targets and starts anew with the configuration in force.
    protected override SupervisorStrategy SupervisorStrategy => SupervisorStrategy.Stopping;

    protected override void Receive(object message)
    {
        switch (message)
        {
            case ApplyConfiguration apply:
                Apply(apply.Config);
                Sender.Tell(new ConfigurationApplied(), Self);
                break;
            case TellStatus:
                Gather<PoolStatus>(message, told => new CatalogStatus(told));
                break;
            case TellMetadata:
                Gather<MetadataTold>(message, told => new MetadataTold([.. told.SelectMany(pool => pool.Targets)]));
                break;
            case CountTargets:
                Gather<TargetCount>(message, counted => new TargetCount(counted.Sum(pool => pool.Targets)));
                break;
            case Terminated terminated when _pools.FirstOrDefault(pool => pool.Value.Equals(terminated.Actor)).Key is { } ended:
                _pools.Remove(ended);
                Timers.StartSingle(ended, new StartAgain(ended), RestartDelay);
                break;
            case Terminated:
                break;
            case StartAgain again when _jobs.TryGetValue(again.Job, out ScrapeConfig? job) && !_pools.ContainsKey(again.Job):
                Start(job);
                break;
            case StartAgain:
                break;
            case GatheredAnswer answer:
                answer.To.Tell(answer.Message, Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Apply(PrometheusConfig config)
    {
        _order = [.. config.ScrapeConfigs.Select(job => job.JobName)];
        foreach (string gone in _pools.Keys.Except(_order).ToArray())
        {
            _pools[gone].Tell(new Retire(), Self);
            _pools.Remove(gone);
        }

        _jobs.Clear();
        _outOfOrderWindow = config.Storage.OutOfOrderWindow ?? TimeSpan.Zero;
        foreach (ScrapeConfig job in config.ScrapeConfigs)
        {
            _jobs[job.JobName] = job;
            if (_pools.TryGetValue(job.JobName, out ActorRef? pool))
            {
                pool.Tell(new ApplyPool(job, _outOfOrderWindow), Self);
            }
            else
            {
                Start(job);
            }
        }

        log.PoolsApplied(_order.Count == 0 ? "none" : string.Join(", ", _order));
    }

    // Job names may hold anything, actor names may not: pools have none.
    private void Start(ScrapeConfig job)
    {
        ActorRef pool = Context.Watch(Context.ActorOf(Props.Create(() => new ScrapePoolActor(parts, log))));
        _pools[job.JobName] = pool;
        pool.Tell(new ApplyPool(job, _outOfOrderWindow), Self);
    }

    private void Gather<T>(object question, Func<T[], object> answer)
    {
        ActorRef asker = Sender;
        Task<T[]> asked = Task.WhenAll(_order.Where(_pools.ContainsKey).Select(
            name => _pools[name].Ask<T>(question, ScrapePoolParts.AnswerTimeout + ScrapePoolParts.AnswerTimeout, CancellationToken.None)));
        Context.PipeToSelf(
            asked,
            told => new GatheredAnswer(asker, answer(told)),
            failure => new GatheredAnswer(asker, new Failure(failure)));
    }

    private sealed record StartAgain(string Job);
}
