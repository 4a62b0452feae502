using System.Globalization;
using System.Threading.Channels;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Scraping;
using Pleiad.TestKit;

namespace Pleiad.Actors.Tests;

public sealed class SharedDiscoveryTests : IAsyncLifetime
{
    private static readonly SharedDiscoverySettings s_settings = new();

    private readonly VirtualTime _time = new();
    private readonly FewDocuments _documents = new();
    private readonly List<Node> _nodes = [];

    [Fact]
    public async Task One_node_looks_and_all_know()
    {
        Node first = Start(leads: true);
        Node second = Start(leads: false);
        Source source = await first.LookedAsync();
        source.Find(Update("a:1", "b:2"));
        Assert.Equal(["a:1", "b:2"], await first.FoundAsync());
        await _documents.WrittenAsync();
        _time.Advance(s_settings.LookInterval);
        Assert.Equal(["a:1", "b:2"], await second.FoundAsync());
        source.Find(Update("b:2"));
        await _documents.WrittenAsync();
        _time.Advance(s_settings.LookInterval);
        Assert.Equal(["b:2"], await second.FoundAsync());
        Assert.Equal(0, second.Looks);
    }

    [Fact]
    public async Task Who_takes_over_begins_with_what_was_found_last()
    {
        Node first = Start(leads: true);
        Node second = Start(leads: false);
        (await first.LookedAsync()).Find(Update("a:1"));
        await _documents.WrittenAsync();
        _time.Advance(s_settings.LookInterval);
        await second.FoundAsync();
        await first.EndAsync();
        second.Leads = true;
        _time.Advance(s_settings.LookInterval);
        Source source = await second.LookedAsync();
        Assert.Equal(["a:1"], AddressesOf(source.Before));
        source.Find(Update("c:3"));
        Assert.Equal(["c:3"], await second.FoundAsync());
        await _documents.WrittenAsync();

        // And who does not lead any more looks no more.
        second.Leads = false;
        _time.Advance(s_settings.LookInterval);
        await source.Ended.WaitAsync(TestActorSystem.HangGuard);
    }

    [Fact]
    public async Task What_was_found_by_another_configuration_is_not_taken()
    {
        Node first = Start(leads: true);
        Node second = Start(leads: false, fingerprint: "another");
        (await first.LookedAsync()).Find(Update("a:1"));
        await _documents.WrittenAsync();
        await ReadOnceAsync();
        Assert.False(second.HasFound);

        // Until both have the same.
        await second.EndAsync();
        Node again = Start(leads: false);
        Assert.Equal(["a:1"], await again.FoundAsync());
    }

    [Fact]
    public async Task What_was_found_at_another_address_is_not_taken()
    {
        Node first = Start(leads: true, FingerprintOf("http://a/targets"));
        Node second = Start(leads: false, FingerprintOf("http://b/targets"));
        Node third = Start(leads: false, FingerprintOf("http://a/targets"));
        (await first.LookedAsync()).Find(Update("a:1"));
        await _documents.WrittenAsync();
        await ReadOnceAsync();
        Assert.Equal(["a:1"], await third.FoundAsync());
        await ReadOnceAsync();
        Assert.False(second.HasFound);
    }

    [Fact]
    public async Task Who_leads_from_its_beginning_begins_with_what_was_found_last()
    {
        Node first = Start(leads: true);
        (await first.LookedAsync()).Find(Update("a:1"));
        await _documents.WrittenAsync();
        await first.EndAsync();

        // Not before it knows that: it would tell the others that there is nothing.
        _documents.IsAway = true;
        Node second = Start(leads: true);
        Assert.Contains("away", Assert.Single((await second.UpdateAsync()).Problems), StringComparison.Ordinal);
        Assert.Equal(0, second.Looks);
        _documents.IsAway = false;
        _time.Advance(s_settings.LookInterval);
        Assert.Equal(["a:1"], AddressesOf((await second.LookedAsync()).Before));
        Assert.Equal(["a:1"], await second.FoundAsync());
    }

    [Fact]
    public async Task While_nothing_changes_nothing_is_read()
    {
        Node first = Start(leads: true);
        Node second = Start(leads: false);
        Source source = await first.LookedAsync();
        source.Find(Update("a:1"));
        await _documents.WrittenAsync();
        _time.Advance(s_settings.LookInterval);
        Assert.Equal(["a:1"], await second.FoundAsync());
        long read = _documents.BytesRead;
        Assert.NotEqual(0, read);
        for (int look = 0; look < 10; look++)
        {
            await ReadOnceAsync();
        }

        Assert.Equal(read, _documents.BytesRead);
        source.Find(Update("b:2"));
        await _documents.WrittenAsync();
        _time.Advance(s_settings.LookInterval);
        Assert.Equal(["b:2"], await second.FoundAsync());
        Assert.InRange(_documents.BytesRead, read + 1, 3 * read);
    }

    [Fact]
    public async Task What_has_the_same_version_in_a_database_that_lost_its_end_is_found_all_the_same()
    {
        Node first = Start(leads: true);
        Node second = Start(leads: false);
        (await first.LookedAsync()).Find(Update("a:1"));
        await _documents.WrittenAsync();
        _time.Advance(s_settings.LookInterval);
        Assert.Equal(["a:1"], await second.FoundAsync());
        await first.EndAsync();
        _documents.Replace(new SharedGroups(XxHash64.Of("f"u8).ToString("x16", CultureInfo.InvariantCulture), Update("b:2")).Write());
        Task<string[]> found = second.FoundAsync();
        for (TimeSpan passed = TimeSpan.Zero; passed < SharedDiscovery.WholeInterval && !found.IsCompleted; passed += 2 * s_settings.LookInterval)
        {
            await ReadOnceAsync();
        }

        Assert.Equal(["b:2"], await found);
    }

    [Fact]
    public async Task One_that_fails_for_good_says_so()
    {
        var node = new Node(_documents, _time, leads: true, "f");
        Source source = await node.LookedAsync();
        source.Fail(new InvalidOperationException("broken"));
        _time.Advance(s_settings.LookInterval);
        Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidOperationException>(() => node.Running.WaitAsync(TestActorSystem.HangGuard))).Message);
    }

    [Fact]
    public async Task While_the_store_is_away_everything_stays_and_it_is_said_once()
    {
        Node first = Start(leads: true);
        Node second = Start(leads: false);
        Source source = await first.LookedAsync();
        source.Find(Update("a:1"));
        await first.FoundAsync();
        await _documents.WrittenAsync();
        _time.Advance(s_settings.LookInterval);
        await second.FoundAsync();
        _documents.IsAway = true;
        source.Find(Update("b:2"));
        Assert.Equal(["b:2"], await first.FoundAsync());
        _time.Advance(s_settings.LookInterval);
        DiscoveryUpdate kept = await second.UpdateAsync();
        Assert.Equal(["a:1"], AddressesOf(kept.Groups));
        Assert.Contains("away", Assert.Single(kept.Problems), StringComparison.Ordinal);
        await ReadOnceAsync();
        Assert.False(second.HasFound);

        // What could not be written then is written now.
        _documents.IsAway = false;
        _time.Advance(s_settings.LookInterval);
        await _documents.WrittenAsync();
        _time.Advance(s_settings.LookInterval);
        Assert.Equal(["b:2"], await second.FoundAsync());
    }

    [Fact]
    public async Task What_is_too_large_to_be_shared_every_node_looks_for_itself()
    {
        Node first = Start(leads: true);
        Node second = Start(leads: false);

        // Texts that cannot be packed.
        var chance = new Random(1);
        string[] addresses = [.. Enumerable.Range(0, 24).Select(_ => Convert.ToBase64String(RandomBytes(chance, 400_000)))];
        (await first.LookedAsync()).Find(Update(addresses));
        await _documents.WrittenAsync();
        _time.Advance(s_settings.LookInterval);
        Source own = await second.LookedAsync();
        own.Find(Update("a:1"));
        Assert.Equal(["a:1"], await second.FoundAsync());
    }

    [Fact]
    public void A_document_is_what_was_found_and_what_is_none_is_refused()
    {
        var update = new DiscoveryUpdate(
            [new TargetGroup("s\"", [Labels.From(("__address__", "a:1"), ("x", "ä\n")), Labels.Empty], Labels.From(("l", "v"))), new TargetGroup("", [], Labels.Empty)], ["a problem"]);
        SharedGroups read = SharedGroups.Read(new SharedGroups("f", update).Write(), s_settings.BytesMax);
        Assert.Equal("f", read.Fingerprint);
        Assert.Equal(update.Problems, read.Update!.Problems);
        Assert.Equal(update.Groups.Select(static group => (group.Source, group.Labels)), read.Update.Groups.Select(static group => (group.Source, group.Labels)));
        Assert.Equal(update.Groups.SelectMany(static group => group.Targets), read.Update.Groups.SelectMany(static group => group.Targets));
        Assert.Null(SharedGroups.Read(new SharedGroups("f", null).Write(), s_settings.BytesMax).Update);
        Assert.Throws<InvalidDataException>(() => SharedGroups.Read(new byte[] { 1, 2, 3 }, s_settings.BytesMax));

        // Its text has so many bytes.
        byte[] body = new SharedGroups("f", null).Write();
        const int Bytes = 30;
        Assert.Equal("f", SharedGroups.Read(body, Bytes).Fingerprint);
        Assert.Contains("more than 29 bytes", Assert.Throws<InvalidDataException>(() => SharedGroups.Read(body, Bytes - 1)).Message, StringComparison.Ordinal);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (Node node in _nodes)
        {
            await node.EndAsync();
        }
    }

    private static byte[] RandomBytes(Random chance, int count)
    {
        var bytes = new byte[count];
        chance.NextBytes(bytes);
        return bytes;
    }

    private static DiscoveryUpdate Update(params string[] addresses) =>
        new([new TargetGroup("g", [.. addresses.Select(static address => Labels.From(("__address__", address)))], Labels.Empty)], []);

    private static string FingerprintOf(string url) => SharedDiscovery.FingerprintOf(
        ScrapeConfigFile.Parse($"scrape_configs: [{{job_name: job, http_sd_configs: [{{url: '{url}'}}]}}]\n", "test.yml").ScrapeConfigs[0], 0);

    private static string[] AddressesOf(IReadOnlyList<TargetGroup> groups) => [.. groups.SelectMany(static group => group.Targets).Select(static target => target.Get("__address__"))];

    // Everybody who follows looks once, and has done with what he saw.
    private async Task ReadOnceAsync()
    {
        for (int i = 0; i < 2; i++)
        {
            Task read = _documents.NextReadAsync();
            _time.Advance(s_settings.LookInterval);
            await read.WaitAsync(TestActorSystem.HangGuard);
        }
    }

    private Node Start(bool leads, string fingerprint = "f")
    {
        var node = new Node(_documents, _time, leads, fingerprint);
        _nodes.Add(node);
        return node;
    }

    private sealed class Node
    {
        private readonly Channel<DiscoveryUpdate> _found = Channel.CreateUnbounded<DiscoveryUpdate>();
        private readonly Channel<Source> _looking = Channel.CreateUnbounded<Source>();
        private readonly CancellationTokenSource _over = new();
        private readonly Task _running;

        public Node(IDocumentStore documents, TimeProvider time, bool leads, string fingerprint)
        {
            Leads = leads;
            var shared = new SharedDiscovery("http_sd_configs[0]", "job", fingerprint, Make, [], _ => Leads, documents, time, s_settings);
            _running = shared.RunAsync(update => _found.Writer.TryWrite(update), _over.Token);
        }

        public volatile bool Leads;

        public int Looks { get; private set; }

        public Task Running => _running;

        public bool HasFound => _found.Reader.TryPeek(out _);

        public async Task<Source> LookedAsync() => await _looking.Reader.ReadAsync().AsTask().WaitAsync(TestActorSystem.HangGuard);

        public async Task<DiscoveryUpdate> UpdateAsync() => await _found.Reader.ReadAsync().AsTask().WaitAsync(TestActorSystem.HangGuard);

        public async Task<string[]> FoundAsync() => AddressesOf((await UpdateAsync()).Groups);

        public async Task EndAsync()
        {
            await _over.CancelAsync();
            await _running.WaitAsync(TestActorSystem.HangGuard);
        }

        private Source Make(IReadOnlyList<TargetGroup> before)
        {
            Looks++;
            var source = new Source(before);
            _looking.Writer.TryWrite(source);
            return source;
        }
    }

    private sealed class Source(IReadOnlyList<TargetGroup> before) : IDiscovery
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<Action<DiscoveryUpdate>> _found = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => "source";

        public IReadOnlyList<TargetGroup> Before => before;

        public Task Ended => _ended.Task;

        public void Find(DiscoveryUpdate update)
        {
            Assert.True(_found.Task.Wait(TestActorSystem.HangGuard));
            _found.Task.Result(update);
        }

        public void Fail(Exception cause) => _ended.SetException(cause);

        public Task RunAsync(Action<DiscoveryUpdate> found, CancellationToken cancel)
        {
            cancel.Register(() => _ended.TrySetResult());
            _found.SetResult(found);
            return _ended.Task;
        }
    }

    /// <summary>One document, and signals of what happens to it.</summary>
    private sealed class FewDocuments : IDocumentStore
    {
        private readonly Lock _gate = new();
        private readonly Channel<bool> _written = Channel.CreateUnbounded<bool>();
        private TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Document? _document;
        private long _bytesRead;

        public volatile bool IsAway;

        public async Task WrittenAsync() => await _written.Reader.ReadAsync().AsTask().WaitAsync(TestActorSystem.HangGuard);

        public Task NextReadAsync()
        {
            lock (_gate)
            {
                return _read.Task;
            }
        }

        /// <summary>Bytes of bodies that were read.</summary>
        public long BytesRead
        {
            get
            {
                lock (_gate)
                {
                    return _bytesRead;
                }
            }
        }

        /// <summary>What a database is that has lost its last writes and got others in their place.</summary>
        public void Replace(ReadOnlyMemory<byte> body)
        {
            lock (_gate)
            {
                _document = _document! with { Body = body };
            }
        }

        public ValueTask<Document?> GetUnlessAsync(string kind, string id, long seenVersion, CancellationToken cancel)
        {
            TaskCompletionSource read;
            Document? document;
            lock (_gate)
            {
                read = _read;
                _read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                document = _document?.Version != seenVersion && !IsAway ? _document : null;
                _bytesRead += document?.Body.Length ?? 0;
            }

            read.SetResult();
            return IsAway ? ValueTask.FromException<Document?>(new ClusterStoreException("away")) : ValueTask.FromResult(document);
        }

        public ValueTask<DocumentWrite> PutAsync(string kind, string id, long seenVersion, ReadOnlyMemory<byte> body, CancellationToken cancel)
        {
            if (IsAway)
            {
                return ValueTask.FromException<DocumentWrite>(new ClusterStoreException("away"));
            }

            DocumentRules.Check(kind, id, body.Length);
            DocumentWrite write;
            lock (_gate)
            {
                write = DocumentRules.Decide(_document?.Version ?? 0, isDeleted: false, seenVersion, deletes: false);
                if (write.Result == DocumentResult.Written)
                {
                    _document = new Document(kind, id, write.Version, write.Version, false, body.ToArray());
                }
            }

            if (write.Result == DocumentResult.Written)
            {
                _written.Writer.TryWrite(true);
            }

            return ValueTask.FromResult(write);
        }

        public ValueTask<IReadOnlyList<Document>> ListAsync(string kind, string afterId, int countMax, CancellationToken cancel) => throw new NotSupportedException();

        public ValueTask<DocumentWrite> DeleteAsync(string kind, string id, long seenVersion, CancellationToken cancel) => throw new NotSupportedException();

        public ValueTask<bool> AdoptAsync(Document document, CancellationToken cancel) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<Document>> ReadChangesAsync(IReadOnlyList<string> kinds, long afterRevision, int countMax, CancellationToken cancel) => throw new NotSupportedException();
    }
}
