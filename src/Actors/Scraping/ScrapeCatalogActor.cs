using Microsoft.Extensions.Logging;
using Pleiad.Kernel;
using Pleiad.Scraping;

namespace Pleiad.Actors;

/// <summary>All scrape pools of the node: one child for each job of the configuration in force.</summary>
internal sealed class ScrapeCatalogActor(ScrapePoolParts parts, ILogger log) : Actor
{
    private readonly Dictionary<string, ActorRef> _pools = [];
    private IReadOnlyList<string> _order = [];

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

        foreach (ScrapeConfig job in config.ScrapeConfigs)
        {
            if (!_pools.TryGetValue(job.JobName, out ActorRef? pool))
            {
                // Job names may hold anything; actor names may not.
                pool = Context.ActorOf(Props.Create(() => new ScrapePoolActor(parts, log)));
                _pools[job.JobName] = pool;
            }

            pool.Tell(new ApplyPool(job), Self);
        }

        log.PoolsApplied(_order.Count == 0 ? "none" : string.Join(", ", _order));
    }

    private void Gather<T>(object question, Func<T[], object> answer)
    {
        ActorRef asker = Sender;
        Task<T[]> asked = Task.WhenAll(_order.Select(
            name => _pools[name].Ask<T>(question, ScrapePoolParts.AnswerTimeout + ScrapePoolParts.AnswerTimeout, CancellationToken.None)));
        Context.PipeToSelf(
            asked,
            told => new GatheredAnswer(asker, answer(told)),
            failure => new GatheredAnswer(asker, new Failure(failure)));
    }
}
