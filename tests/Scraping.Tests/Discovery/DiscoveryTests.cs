using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Pleiad.Model;
using Pleiad.TestKit;

namespace Pleiad.Scraping.Tests;

public sealed class DiscoveryTests
{
    [Fact]
    public async Task Static_targets_are_found_once_and_unavailable_kinds_say_so()
    {
        ScrapeConfig job = TargetBuilderTests.Job("{job_name: a, static_configs: [{targets: [a:1], labels: {x: y}}], kubernetes_sd_configs: [{role: pod}]}");
        IReadOnlyList<IDiscovery> discoveries = Discoveries.Of(job.Discoveries, new VirtualTime(), "Pleiad/test", []);
        Assert.Equal(["kubernetes_sd_configs", "static_configs"], discoveries.Select(discovery => discovery.Name));
        using var run = new Run(discoveries[0]);
        DiscoveryUpdate unavailable = await run.NextAsync();
        Assert.Empty(unavailable.Groups);
        Assert.Contains("kubernetes_sd_configs is not available", unavailable.Problems[0], StringComparison.Ordinal);
        using var fixedRun = new Run(discoveries[1]);
        TargetGroup group = Assert.Single((await fixedRun.NextAsync()).Groups);
        Assert.Equal("y", group.Labels.Get("x"));
    }

    [Fact]
    public async Task A_changed_file_is_seen_a_bad_one_keeps_the_old_groups_and_a_deleted_one_takes_them_along()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["one.json"], "[{\"targets\":[\"a:1\"]}]");
        var clock = new VirtualTime();
        using var run = new Run(Files($"{directory.Path}/*.json", clock));
        Assert.Equal(["a:1"], Addresses(await run.NextAsync()));

        await ReplaceAsync(directory, "one.json", "[{\"targets\":[\"b:1\"]}]");
        Assert.Equal(["b:1"], Addresses(await run.NextAsync(update => Addresses(update) is ["b:1"])));

        await ReplaceAsync(directory, "one.json", "[{\"targets\":");
        DiscoveryUpdate bad = await run.NextAsync(update => update.Problems.Count > 0);
        Assert.Equal(["b:1"], Addresses(bad));
        Assert.Contains("one.json: not valid JSON", bad.Problems[0], StringComparison.Ordinal);
        Assert.Contains("last good targets are kept", bad.Problems[0], StringComparison.Ordinal);

        await ReplaceAsync(directory, "two.json", "[{\"targets\":[\"c:1\"]}]");
        Assert.Equal(["b:1", "c:1"], Addresses(await run.NextAsync(update => Addresses(update).Length == 2)));

        File.Delete(directory["one.json"]);
        DiscoveryUpdate gone = await run.NextAsync(update => Addresses(update) is ["c:1"]);
        Assert.Empty(gone.Problems);
    }

    [Fact]
    public async Task Without_a_word_from_the_system_the_refresh_finds_new_files()
    {
        using var directory = new TempDirectory();
        var clock = new VirtualTime();
        using var run = new Run(Files($"{directory["later"]}/x.yml", clock));
        Assert.Empty((await run.NextAsync()).Groups);
        Directory.CreateDirectory(directory["later"]);
        await File.WriteAllTextAsync(directory["later/x.yml"], "- targets: [a:1]");
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["a:1"], Addresses(await run.NextAsync()));
    }

    [Fact]
    public async Task A_web_server_tells_targets_and_what_it_gets_wrong_changes_nothing()
    {
        byte[] answer = ByteTarget.Ok("[{\"targets\":[\"a:1\"],\"labels\":{\"x\":\"y\"}}]", "Content-Type: application/json; charset=utf-8");
        using var server = new ByteTarget(async (_, wire, cancel) =>
        {
            await wire.WriteAsync(Volatile.Read(ref answer), cancel);
            return true;
        });
        var clock = new VirtualTime();
        string url = $"http://{server.Address}/sd";
        using var run = new Run(new HttpDiscovery("http_sd_configs[0]", new HttpDiscoveryConfig(url, TimeSpan.FromSeconds(30), HttpClientConfig.Default), clock, "Pleiad/test", []));
        TargetGroup group = Assert.Single((await run.NextAsync()).Groups);
        Assert.Equal($"{url}:0", group.Source);
        Assert.Equal(url, group.Labels.Get("__meta_url"));
        Assert.Equal("30", server.Requests[0].Header("X-Prometheus-Refresh-Interval-Seconds"));
        Assert.Equal("application/json", server.Requests[0].Header("Accept"));

        (byte[] Answer, string Problem)[] failures =
        [
            (ByteTarget.Status("500 Oops", []), "server returned HTTP status 500 Oops"),
            (ByteTarget.Ok("[]", "Content-Type: text/plain"), "unsupported content type \"text/plain\""),
            (ByteTarget.Ok("[null]", "Content-Type: application/json"), "nil target group item found"),
        ];
        foreach ((byte[] wrong, string problem) in failures)
        {
            Volatile.Write(ref answer, wrong);
            clock.Advance(TimeSpan.FromSeconds(30));
            DiscoveryUpdate failed = await run.NextAsync();
            Assert.Single(failed.Groups);
            Assert.Contains(problem, failed.Problems[0], StringComparison.Ordinal);
        }

        Volatile.Write(ref answer, ByteTarget.Ok("[]", "Content-Type: application/json"));
        clock.Advance(TimeSpan.FromSeconds(30));
        DiscoveryUpdate empty = await run.NextAsync();
        Assert.Empty(empty.Groups);
        Assert.Empty(empty.Problems);
    }

    [Fact]
    public async Task Names_tell_addresses_and_a_name_that_fails_keeps_its_own()
    {
        var clock = new VirtualTime();
        var answers = new Dictionary<string, Func<IPAddress[]>>
        {
            ["a.test"] = () => [IPAddress.Parse("10.0.0.2"), IPAddress.Parse("10.0.0.1")],
            ["b.test"] = () => [IPAddress.Parse("10.0.0.3")],
        };
        var config = new DnsDiscoveryConfig(["a.test", "b.test"], "A", 9100, TimeSpan.FromSeconds(30));
        using var run = new Run(new DnsDiscovery("dns_sd_configs[0]", config, clock, [], (name, family, _) =>
        {
            Assert.Equal(AddressFamily.InterNetwork, family);
            return Task.FromResult(answers[name]());
        }));
        DiscoveryUpdate first = await run.NextAsync();
        Assert.Equal(["10.0.0.1:9100", "10.0.0.2:9100", "10.0.0.3:9100"], Addresses(first));
        Assert.Equal("a.test", first.Groups[0].Targets[0].Get("__meta_dns_name"));

        answers["a.test"] = () => throw new SocketException((int)SocketError.TryAgain);
        answers["b.test"] = () => throw new SocketException((int)SocketError.HostNotFound);
        clock.Advance(TimeSpan.FromSeconds(30));
        DiscoveryUpdate second = await run.NextAsync();
        Assert.Equal(["10.0.0.1:9100", "10.0.0.2:9100"], Addresses(second));
        Assert.Contains("lookup a.test", Assert.Single(second.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SRV", "a.test:81 b.test:80", "__meta_dns_srv_record_target=b.test. __meta_dns_srv_record_port=80")]
    [InlineData("MX", "mx.test:9100", "__meta_dns_mx_record_target=mx.test.")]
    [InlineData("NS", "ns.test:9100", "__meta_dns_ns_record_target=ns.test.")]
    public async Task Records_of_services_and_hosts_become_targets(string type, string addresses, string labelsOfLast)
    {
        using var server = new DnsServerStub(static (name, type) => type switch
        {
            DnsType.Srv => [DnsServerStub.Srv(80, "b.test"), DnsServerStub.Srv(81, "a.test")],
            DnsType.Mx => [DnsServerStub.Mx("mx.test")],
            _ => [DnsServerStub.Host(DnsType.Ns, "ns.test")],
        });
        var config = new DnsDiscoveryConfig(["_x._tcp.test"], type, 9100, TimeSpan.FromSeconds(30));
        using var run = new Run(new DnsDiscovery("dns_sd_configs[0]", config, TimeProvider.System, [], servers: () => server.Servers()));
        DiscoveryUpdate update = await run.NextAsync();
        Assert.Empty(update.Problems);
        Assert.Equal(addresses.Split(' '), Addresses(update));
        Labels last = update.Groups[0].Targets[^1];
        Assert.Equal("_x._tcp.test", last.Get("__meta_dns_name"));
        foreach (string[] label in labelsOfLast.Split(' ').Select(static pair => pair.Split('=')))
        {
            Assert.Equal(label[1], last.Get(label[0]));
        }
    }

    [Fact]
    public async Task Services_that_cannot_be_asked_for_are_kept_and_a_service_that_is_gone_is_not()
    {
        var clock = new VirtualTime();
        int code = DnsAnswer.Success;
        using var server = new DnsServerStub(static (_, _) => [DnsServerStub.Srv(80, "b.test")]) { Code = () => Volatile.Read(ref code) };
        var config = new DnsDiscoveryConfig(["_x._tcp.test"], "SRV", 0, TimeSpan.FromSeconds(30));
        using var run = new Run(new DnsDiscovery("dns_sd_configs[0]", config, clock, [], servers: () => server.Servers()));
        Assert.Equal(["b.test:80"], Addresses(await run.NextAsync()));

        Volatile.Write(ref code, 2);
        clock.Advance(TimeSpan.FromSeconds(30));
        DiscoveryUpdate failed = await run.NextAsync();
        Assert.Equal(["b.test:80"], Addresses(failed));
        Assert.Contains("answered with code 2; its last good targets are kept", Assert.Single(failed.Problems), StringComparison.Ordinal);

        Volatile.Write(ref code, DnsAnswer.NoSuchName);
        clock.Advance(TimeSpan.FromSeconds(30));
        DiscoveryUpdate gone = await run.NextAsync();
        Assert.Empty(Addresses(gone));
        Assert.Empty(gone.Problems);
    }

    private static FileDiscovery Files(string pattern, TimeProvider clock) =>
        new("file_sd_configs[0]", new FileDiscoveryConfig([pattern], TimeSpan.FromMinutes(1)), clock, []);

    private static string[] Addresses(DiscoveryUpdate update) =>
        [.. update.Groups.SelectMany(group => group.Targets).Select(target => target.Get("__address__"))];

    // Written beside and moved into place, as whoever writes such files should.
    private static async Task ReplaceAsync(TempDirectory directory, string name, string text)
    {
        await File.WriteAllTextAsync(directory[name + ".new"], text);
        File.Move(directory[name + ".new"], directory[name], overwrite: true);
    }

    private sealed class Run : IDisposable
    {
        private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);

        private readonly Channel<DiscoveryUpdate> _updates = Channel.CreateUnbounded<DiscoveryUpdate>();
        private readonly CancellationTokenSource _stop = new();

        public Run(IDiscovery discovery) => _ = discovery.RunAsync(update => _updates.Writer.TryWrite(update), _stop.Token);

        public async Task<DiscoveryUpdate> NextAsync(Predicate<DiscoveryUpdate>? wanted = null)
        {
            using var late = new CancellationTokenSource(WaitMax);
            while (true)
            {
                DiscoveryUpdate update = await _updates.Reader.ReadAsync(late.Token);
                if (wanted is null || wanted(update))
                {
                    return update;
                }
            }
        }

        public void Dispose()
        {
            _stop.Cancel();
            _stop.Dispose();
        }
    }
}
