using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Scraping;

namespace Pleiad.Actors;

/// <summary>
/// A discovery that one node of a cluster runs for all: whoever leads the shard that its name falls into looks, and writes down what it finds; the others
/// read that. Who takes over begins with what was found last, so nobody loses a target because another node died.
/// </summary>
internal sealed class SharedDiscovery : IDiscovery
{
    /// <summary>
    /// So often what is there is read whether it looks new or not, however often it is looked at: a database that has lost its end gives the versions it had
    /// out again (docs/decisions/0017).
    /// </summary>
    public static readonly TimeSpan WholeInterval = TimeSpan.FromMinutes(1);

    private readonly Func<IReadOnlyList<TargetGroup>, IDiscovery> _make;
    private readonly string _id;
    private readonly string _fingerprint;
    private readonly Func<bool> _isMine;
    private readonly IDocumentStore _documents;
    private readonly TimeProvider _time;
    private readonly SharedDiscoverySettings _settings;

    // News, and the time for another look: many at once are one.
    private readonly Channel<bool> _hints = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _gate = new();
    private IReadOnlyList<TargetGroup> _groups;
    private DiscoveryUpdate? _news;
    private Document? _seen;
    private string? _trouble;
    private long _wholeAt;
    private bool _eachLooks;

    /// <param name="name">Of the discovery: <c>http_sd_configs[0]</c>.</param>
    /// <param name="job">Whose.</param>
    /// <param name="fingerprint">Of the job's and the discovery's configuration: what was found by another is not taken.</param>
    /// <param name="make">Makes what looks, from the groups known before.</param>
    /// <param name="before">What was known by the configuration before.</param>
    /// <param name="leads">Whether this node leads the shard of a hash.</param>
    /// <param name="documents">Where it is written down.</param>
    /// <param name="time">Of the looks.</param>
    /// <param name="settings">How often, how much.</param>
    public SharedDiscovery(
        string name, string job, string fingerprint, Func<IReadOnlyList<TargetGroup>, IDiscovery> make, IReadOnlyList<TargetGroup> before, Func<ulong, bool> leads,
        IDocumentStore documents, TimeProvider time, SharedDiscoverySettings settings)
    {
        Name = name;
        ulong hash = XxHash64.Of(Encoding.UTF8.GetBytes($"{job}\0{name}"));
        _id = hash.ToString("x16", CultureInfo.InvariantCulture);
        _fingerprint = XxHash64.Of(Encoding.UTF8.GetBytes(fingerprint)).ToString("x16", CultureInfo.InvariantCulture);
        _make = make;
        _groups = before;
        _isMine = () => leads(hash);
        _documents = documents;
        _time = time;
        _settings = settings;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Of one of a job's discoveries: of all that what is found depends on.</summary>
    public static string FingerprintOf(ScrapeConfig job, int number) => $"{job.Fingerprint}\0{job.Discoveries[number].Fingerprint}";

    /// <inheritdoc/>
    public async Task RunAsync(Action<DiscoveryUpdate> found, CancellationToken cancel)
    {
        await using ITimer timer = _time.CreateTimer(_ => _hints.Writer.TryWrite(true), null, _settings.LookInterval, _settings.LookInterval);
        Looking? looking = null;
        bool knowsLast = false;
        try
        {
            do
            {
                _hints.Reader.TryRead(out _);
                bool isMine = _isMine();
                if (!isMine || !knowsLast)
                {
                    // Who leads from its beginning reads too: where what it asks is down just then, what was found last stays.
                    knowsLast |= await FollowAsync(found, cancel);
                }

                bool looks = knowsLast && (isMine || _eachLooks);
                if (looking is not null && (!looks || looking.Done.IsFaulted))
                {
                    // Where it has failed, that is told from here.
                    Looking ended = looking;
                    looking = null;
                    await ended.EndAsync();
                }

                if (looks)
                {
                    looking ??= Look(found);
                }

                if (isMine && knowsLast)
                {
                    await PublishAsync(cancel);
                }
            }
            while (await _hints.Reader.WaitToReadAsync(cancel));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The job is gone, or configured anew.
        }
        finally
        {
            if (looking is not null)
            {
                await looking.EndAsync();
            }
        }
    }

    private Looking Look(Action<DiscoveryUpdate> found)
    {
        var over = new CancellationTokenSource();
        return new Looking(
            over,
            _make(_groups).RunAsync(
                update =>
                {
                    lock (_gate)
                    {
                        if (over.IsCancellationRequested)
                        {
                            return;
                        }

                        _groups = update.Groups;
                        _news = update;
                        found(update);
                    }

                    _hints.Writer.TryWrite(true);
                },
                over.Token));
    }

    // Kept until it is written: while the store is away the next look tries again.
    private async Task PublishAsync(CancellationToken cancel)
    {
        DiscoveryUpdate? news;
        lock (_gate)
        {
            news = _news;
        }

        if (news is null)
        {
            return;
        }

        byte[] body = new SharedGroups(_fingerprint, news).Write();
        if (body.Length > IDocumentStore.BodyBytesMax)
        {
            ActorsMetrics.DiscoveriesNotShared.Add(1);
            body = new SharedGroups(_fingerprint, null).Write();
        }

        try
        {
            _seen ??= await _documents.GetAsync(SharedGroups.Kind, _id, cancel);
            DocumentWrite written = await _documents.PutAsync(SharedGroups.Kind, _id, _seen?.Version ?? 0, body, cancel);
            if (written.Result == DocumentResult.Conflict)
            {
                // Somebody else ran it until just now: his is replaced at the next look.
                _seen = null;
                return;
            }

            _seen = new Document(SharedGroups.Kind, _id, written.Version, 0, false, body);
            lock (_gate)
            {
                if (ReferenceEquals(_news, news))
                {
                    _news = null;
                }
            }
        }
        catch (ClusterStoreException)
        {
            _seen = null;
        }
    }

    // Whether the store has answered.
    private async Task<bool> FollowAsync(Action<DiscoveryUpdate> found, CancellationToken cancel)
    {
        string? trouble = null;
        SharedGroups? read = null;
        bool hasAnswered = false;
        try
        {
            bool isWhole = _seen is null || _time.GetElapsedTime(_wholeAt) >= WholeInterval;
            Document? now = await _documents.GetUnlessAsync(SharedGroups.Kind, _id, isWhole ? 0 : _seen?.Version ?? 0, cancel);
            hasAnswered = true;
            _wholeAt = isWhole ? _time.GetTimestamp() : _wholeAt;
            if (now is not null && (now.Version != _seen?.Version || !now.Body.Span.SequenceEqual(_seen.Body.Span)))
            {
                _seen = now;
                read = SharedGroups.Read(now.Body, _settings.BytesMax);
            }
        }
        catch (Exception e) when (e is ClusterStoreException or InvalidDataException)
        {
            trouble = $"what another node has found cannot be read: {e.Message}";
        }

        lock (_gate)
        {
            if (read is not null && read.Fingerprint == _fingerprint)
            {
                _eachLooks = read.Update is null;
                if (read.Update is { } update)
                {
                    _groups = update.Groups;
                    found(update);
                }
            }
            else if (trouble is not null && trouble != _trouble)
            {
                found(new DiscoveryUpdate(_groups, [trouble]));
            }

            _news = null;
            _trouble = trouble;
        }

        return hasAnswered;
    }

    private sealed record Looking(CancellationTokenSource Over, Task Done)
    {
        public async Task EndAsync()
        {
            await Over.CancelAsync();
            try
            {
                await Done;
            }
            finally
            {
                Over.Dispose();
            }
        }
    }
}
