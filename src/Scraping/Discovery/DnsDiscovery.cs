using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>Targets from the A and AAAA records of names. Names that cannot be asked for keep the addresses they had.</summary>
/// <remarks>SRV, MX and NS records need a resolver of our own, which is not there: such a discovery finds nothing and says so.</remarks>
internal sealed class DnsDiscovery : IDiscovery
{
    private static readonly TimeSpan AnswerTimeMax = TimeSpan.FromSeconds(10);

    private readonly DnsDiscoveryConfig _config;
    private readonly TimeProvider _clock;
    private readonly RefreshLoop _loop;
    private readonly Func<string, AddressFamily, CancellationToken, Task<IPAddress[]>> _resolve;
    private readonly Dictionary<string, TargetGroup> _lastGood = [];

    public DnsDiscovery(
        string name, DnsDiscoveryConfig config, TimeProvider clock, Func<string, AddressFamily, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        Name = name;
        _config = config;
        _clock = clock;
        _loop = new RefreshLoop(config.RefreshInterval > TimeSpan.Zero ? config.RefreshInterval : TimeSpan.FromSeconds(30), clock);
        _resolve = resolve ?? System.Net.Dns.GetHostAddressesAsync;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Whether records of a type can be asked for.</summary>
    public static bool CanAskFor(string type) => type is "A" or "AAAA";

    /// <inheritdoc/>
    public Task RunAsync(Action<DiscoveryUpdate> found, CancellationToken cancel)
    {
        if (!CanAskFor(_config.Type))
        {
            found(new DiscoveryUpdate([], [$"{Name}: {_config.Type} records cannot be asked for yet: its targets are missing"]));
            return Task.CompletedTask;
        }

        return _loop.RunAsync(LookAsync, found, cancel);
    }

    private async Task<DiscoveryUpdate> LookAsync(CancellationToken cancel)
    {
        var problems = new List<string>();
        var groups = new List<TargetGroup>();
        AddressFamily family = _config.Type == "A" ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        foreach (string name in _config.Names)
        {
            using var deadline = new CancellationTokenSource(AnswerTimeMax, _clock);
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
            try
            {
                _lastGood[name] = GroupOf(name, await _resolve(name, family, ends.Token).ConfigureAwait(false));
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
            {
                // The name is known not to exist: that is an answer.
                _lastGood[name] = GroupOf(name, []);
            }
            catch (Exception e) when (e is SocketException or ArgumentException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
            {
                problems.Add($"lookup {name}: {(e is SocketException socket ? socket.SocketErrorCode.ToString() : FetchErrors.DeadlineExceeded)}; its last good targets are kept");
            }

            if (_lastGood.TryGetValue(name, out TargetGroup? group))
            {
                groups.Add(group);
            }
        }

        return new DiscoveryUpdate(groups, problems);
    }

    // In order of addresses, for resolvers turn their answers around.
    private TargetGroup GroupOf(string name, IPAddress[] addresses) => new(
        name,
        [
            .. addresses
                .Select(address => address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString())
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .Select(host => Labels.From(
                    (LabelName.Address, string.Create(CultureInfo.InvariantCulture, $"{host}:{_config.Port}")),
                    ("__meta_dns_name", name))),
        ],
        Labels.Empty);
}
