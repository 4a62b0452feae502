using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>Targets from the records of names. Names that cannot be asked for keep the targets they had.</summary>
/// <remarks>
/// A and AAAA records come from the machine's resolver, which knows hosts files as well; SRV, MX and NS records from its name servers.
/// Labels: Prometheus, documentation of <c>dns_sd_configs</c>.
/// </remarks>
internal sealed class DnsDiscovery : IDiscovery
{
    private static readonly TimeSpan AnswerTimeMax = TimeSpan.FromSeconds(10);

    private readonly DnsDiscoveryConfig _config;
    private readonly TimeProvider _clock;
    private readonly RefreshLoop _loop;
    private readonly Func<string, AddressFamily, CancellationToken, Task<IPAddress[]>> _resolve;
    private readonly DnsResolver _resolver;
    private readonly Dictionary<string, TargetGroup> _lastGood;

    public DnsDiscovery(
        string name,
        DnsDiscoveryConfig config,
        TimeProvider clock,
        IReadOnlyList<TargetGroup> lastGood,
        Func<string, AddressFamily, CancellationToken, Task<IPAddress[]>>? resolve = null,
        Func<DnsServers>? servers = null)
    {
        Name = name;
        _config = config;
        _clock = clock;
        _lastGood = lastGood.DistinctBy(static group => group.Source).ToDictionary(static group => group.Source);
        _loop = new RefreshLoop(config.RefreshInterval > TimeSpan.Zero ? config.RefreshInterval : TimeSpan.FromSeconds(30), clock);
        _resolve = resolve ?? System.Net.Dns.GetHostAddressesAsync;
        _resolver = new DnsResolver(servers ?? DnsServers.OfMachine, clock);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public Task RunAsync(Action<DiscoveryUpdate> found, CancellationToken cancel) => _loop.RunAsync(LookAsync, found, cancel);

    private async Task<DiscoveryUpdate> LookAsync(CancellationToken cancel)
    {
        var problems = new List<string>();
        var groups = new List<TargetGroup>();
        foreach (string name in _config.Names)
        {
            using var deadline = new CancellationTokenSource(AnswerTimeMax, _clock);
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
            try
            {
                _lastGood[name] = GroupOf(name, await LookUpAsync(name, ends.Token).ConfigureAwait(false));
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
            {
                // The name is known not to exist: that is an answer.
                _lastGood[name] = GroupOf(name, []);
            }
            catch (Exception e) when (e is SocketException or ArgumentException or DnsLookupException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
            {
                string problem = e switch
                {
                    SocketException socket => socket.SocketErrorCode.ToString(),
                    OperationCanceledException => FetchErrors.DeadlineExceeded,
                    _ => FetchErrors.Printable(e.Message),
                };
                problems.Add($"lookup {name}: {problem}; its last good targets are kept");
            }

            if (_lastGood.TryGetValue(name, out TargetGroup? group))
            {
                groups.Add(group);
            }
        }

        return new DiscoveryUpdate(groups, problems);
    }

    private async Task<IEnumerable<DnsRecord>> LookUpAsync(string name, CancellationToken cancel)
    {
        DnsType type = _config.Type switch
        {
            "A" => DnsType.A,
            "AAAA" => DnsType.Aaaa,
            "MX" => DnsType.Mx,
            "NS" => DnsType.Ns,
            _ => DnsType.Srv,
        };
        if (type is not (DnsType.A or DnsType.Aaaa))
        {
            return await _resolver.LookUpAsync(name, type, cancel).ConfigureAwait(false);
        }

        AddressFamily family = type == DnsType.A ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        IPAddress[] addresses = await _resolve(name, family, cancel).ConfigureAwait(false);
        return addresses.Where(address => address.AddressFamily == family).Select(address => new DnsRecord(type, address.ToString(), 0));
    }

    // In order of addresses, for servers turn their answers around.
    private TargetGroup GroupOf(string name, IEnumerable<DnsRecord> records) => new(
        name,
        [
            .. records
                .Select(record => (Address: AddressOf(record), Record: record))
                .DistinctBy(static target => target.Address, StringComparer.Ordinal)
                .OrderBy(static target => target.Address, StringComparer.Ordinal)
                .Select(target => LabelsOf(name, target.Address, target.Record)),
        ],
        Labels.Empty);

    private string AddressOf(DnsRecord record)
    {
        // The final dot of a whole name would look strange in an instance.
        string host = record.Type is DnsType.A or DnsType.Aaaa ? record.Target : record.Target.TrimEnd('.');
        return string.Create(
            CultureInfo.InvariantCulture, $"{(record.Type == DnsType.Aaaa ? $"[{host}]" : host)}:{(record.Type == DnsType.Srv ? record.Port : _config.Port)}");
    }

    private static Labels LabelsOf(string name, string address, DnsRecord record)
    {
        LabelsBuilder labels = new LabelsBuilder().Set(LabelName.Address, address).Set("__meta_dns_name", name);
        switch (record.Type)
        {
            case DnsType.Srv:
                labels.Set("__meta_dns_srv_record_target", record.Target);
                labels.Set("__meta_dns_srv_record_port", record.Port.ToString(CultureInfo.InvariantCulture));
                break;
            case DnsType.Mx:
                labels.Set("__meta_dns_mx_record_target", record.Target);
                break;
            case DnsType.Ns:
                labels.Set("__meta_dns_ns_record_target", record.Target);
                break;
            default:
                break;
        }

        return labels.ToLabels();
    }
}
