using System.Net;
using System.Net.Sockets;
using Pleiad.TestKit;

namespace Pleiad.Scraping.Tests;

public sealed class DnsResolverTests
{
    [Fact]
    public async Task A_long_answer_is_asked_for_over_TCP()
    {
        using var server = new DnsServerStub(static (_, _) => [.. Enumerable.Range(1, 500).Select(static i => DnsServerStub.Srv(i, $"host-{i}.test"))]) { Truncates = true };
        IReadOnlyList<DnsRecord> records = await LookUpAsync(server.Servers(), "_x._tcp.test");
        Assert.Equal(500, records.Count);
        Assert.Equal(new DnsRecord(DnsType.Srv, "host-500.test.", 500), records[^1]);
        Assert.Equal(["udp _x._tcp.test. Srv", "tcp _x._tcp.test. Srv"], server.Asked);
    }

    [Theory]
    [InlineData("x", 1, "x.a.test. x.b.test. x.")]
    [InlineData("x.y", 1, "x.y. x.y.a.test. x.y.b.test.")]
    [InlineData("x.y", 2, "x.y.a.test. x.y.b.test. x.y.")]
    [InlineData("x.", 1, "x.")]
    public async Task Names_are_searched_for_as_resolv_conf_says(string name, int ndots, string asked)
    {
        using var server = new DnsServerStub(static (_, _) => []) { Code = static () => DnsAnswer.NoSuchName };
        Assert.Empty(await LookUpAsync(server.Servers(["a.test", "b.test"], ndots), name));
        Assert.Equal(asked.Split(' ').Select(static one => $"udp {one} Srv"), server.Asked);
    }

    [Fact]
    public async Task A_server_that_fails_or_says_nothing_is_followed_by_the_next()
    {
        using var broken = new DnsServerStub(static (_, _) => []) { Code = static () => 2 };
        using var sound = new DnsServerStub(static (_, _) => [DnsServerStub.Srv(1, "a.test")]);
        DnsServers both = broken.Servers() with { Servers = [.. broken.Servers().Servers, .. sound.Servers().Servers] };
        Assert.Equal("a.test.", Assert.Single(await LookUpAsync(both, "x.test.")).Target);

        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var clock = new VirtualTime();
        var resolver = new DnsResolver(() => new DnsServers([(IPEndPoint)silent.LocalEndPoint!], [], 1), clock);
        Task<IReadOnlyList<DnsRecord>> asking = resolver.LookUpAsync("x.test.", DnsType.Srv, CancellationToken.None);
        clock.Advance(DnsResolver.AnswerTimeMax);
        DnsLookupException late = await Assert.ThrowsAsync<DnsLookupException>(() => asking.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal($"{silent.LocalEndPoint}: i/o timeout", late.Message);
    }

    [Fact]
    public async Task Datagrams_that_answer_another_question_are_passed_over()
    {
        using var server = new DnsServerStub(static (_, _) => [DnsServerStub.Srv(1, "a.test")])
        {
            Before = static question =>
            [
                [],
                [1, 2, 3],
                [(byte)(question[0] ^ 1), .. question[1..]],
                question, // not a response
                [question[0], question[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, .. DnsServerStub.Name("other.test"), 0, 33, 0, 1],
            ],
        };
        Assert.Equal("a.test.", Assert.Single(await LookUpAsync(server.Servers(), "x.test.")).Target);
    }

    [Fact]
    public async Task Other_records_of_an_answer_are_passed_over_and_strange_names_are_escaped()
    {
        using var server = new DnsServerStub(static (_, _) =>
        [
            DnsServerStub.Host((DnsType)5, "alias.test"),
            DnsServerStub.Record(DnsType.Srv, [0, 0, 0, 0, 0, 1, 3, (byte)'a', (byte)'.', 0xFF, 0]),
        ]);
        Assert.Equal("a\\.\\255.", Assert.Single(await LookUpAsync(server.Servers(), "x.test.")).Target);
    }

    [Fact]
    public void Whatever_a_server_sends_reading_it_ends()
    {
        byte[] question = DnsMessage.Question(7, "x.test.", DnsType.Srv);
        byte[] sound =
        [
            0, 7, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0, .. question[12..],
            0xC0, 12, .. DnsServerStub.Srv(80, "a.test"),
            0xC0, 12, .. DnsServerStub.Record(DnsType.Srv, [0, 0, 0, 0, 0, 81, 1, (byte)'b', 0xC0, 14]),
        ];
        Assert.Equal(["a.test.", "b.test."], DnsMessage.Read(sound, question)!.Records.Select(static record => record.Target));
        for (int length = 0; length < sound.Length; length++)
        {
            Read(sound[..length]);
        }

        var random = new Random(1);
        for (int round = 0; round < 200_000; round++)
        {
            byte[] changed = (byte[])sound.Clone();
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                changed[random.Next(changed.Length)] = (byte)(random.Next(3) == 0 ? 0xC0 : random.Next(256));
            }

            Read(changed);
        }

        void Read(byte[] message)
        {
            try
            {
                DnsMessage.Read(message, question);
            }
            catch (FormatException)
            {
                // Said to be broken: that is an end too.
            }
        }
    }

    [Theory]
    [InlineData("a..b")]
    [InlineData("")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234")]
    public async Task A_name_that_is_none_is_said_to_be_none(string name)
    {
        using var server = new DnsServerStub(static (_, _) => []);
        DnsLookupException refused = await Assert.ThrowsAsync<DnsLookupException>(() => LookUpAsync(server.Servers(), name));
        Assert.Contains("no domain name", refused.Message, StringComparison.Ordinal);
        Assert.Empty(server.Asked);
    }

    [Fact]
    public void Resolv_conf_is_read_and_what_it_does_not_say_has_a_default()
    {
        DnsServers servers = DnsServers.Parse("# a comment\nnameserver 10.0.0.1\nnameserver  fe80::1%1 \nnameserver nonsense\ndomain old.test\nsearch a.test. b.test\noptions edns0 ndots:5 timeout:1\n");
        Assert.Equal(["10.0.0.1:53", "[fe80::1%1]:53"], servers.Servers.Select(static server => server.ToString()));
        Assert.Equal(["a.test", "b.test"], servers.SearchDomains);
        Assert.Equal(5, servers.Ndots);
        DnsServers none = DnsServers.Parse(string.Empty);
        Assert.Equal("127.0.0.1:53", Assert.Single(none.Servers).ToString());
        Assert.Equal((0, 1), (none.SearchDomains.Count, none.Ndots));
    }

    private static Task<IReadOnlyList<DnsRecord>> LookUpAsync(DnsServers servers, string name) =>
        new DnsResolver(() => servers, TimeProvider.System).LookUpAsync(name, DnsType.Srv, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
}
