using System.Net;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;
using Pleiad.TestKit;

namespace Pleiad.Actors.Tests;

/// <summary>Files of a shard and how far it is saved, from node to node over a real connection.</summary>
public sealed class CopiesOverTheWireTests : IAsyncLifetime
{
    private static readonly NodeIncarnation Here = new(new Guid(1, 0, 0, new byte[8]));
    private static readonly NodeIncarnation There = new(new Guid(2, 0, 0, new byte[8]));

    private readonly TempDirectory _from = new();
    private readonly TempDirectory _to = new();
    private readonly NodeMessages _messages = new();
    private readonly Dictionary<int, long> _saved = new() { [0] = 40 };
    private DataDirectory _source = null!;
    private DataDirectory _target = null!;
    private NodeTransport _here = null!;
    private NodeTransport _there = null!;
    private PublishedPlaces _places = null!;

    public Task InitializeAsync()
    {
        _source = DataDirectory.Open(new DiskFiles(), _from.Path, 2);
        _target = DataDirectory.Open(new DiskFiles(), _to.Path, 2);
        _here = NodeTransport.Listen(Here, new IPEndPoint(IPAddress.Loopback, 0), new TransportSettings(), TimeProvider.System, static _ => throw new NotSupportedException());
        _there = NodeTransport.Listen(There, new IPEndPoint(IPAddress.Loopback, 0), new TransportSettings(), TimeProvider.System, _messages.HandleAsync);
        new CopySource(shard => _source.FilesOf(new ShardId(shard)), 2, shard => _saved.GetValueOrDefault(shard)).AddTo(_messages);
        var peer = new ShardPeer(There, "there", _here.LinkTo(There, _there.Address));
        _places = new PublishedPlaces(new ShardPlaces(0, [new ShardPlace { Shard = 0, Leader = peer }, new ShardPlace { Shard = 1, Followers = [peer] }]));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _here.DisposeAsync();
        await _there.DisposeAsync();
        _source.Dispose();
        _target.Dispose();
        _from.Dispose();
        _to.Dispose();
    }

    [Fact]
    public async Task Files_longer_than_a_message_come_whole()
    {
        var bytes = new byte[(2 * CopyWire.PartBytes) + 17];
        new Random(7).NextBytes(bytes);
        Write("chunks-000000000001.chk", bytes);
        Write("head-000000000001.snap", [1, 2, 3]);
        Write("notes.txt", [9]);
        using var copier = new ShardCopier(_places);
        ShardFiles into = _target.FilesOf(new ShardId(0));
        await copier.CopyAsync(0, 40, takesLacking: true, into).WaitAsync(TestActorSystem.HangGuard);
        into.InstallCopy();
        Assert.Equal(["chunks-000000000001.chk", "head-000000000001.snap"], into.List().Select(static file => file.Name));
        Assert.Equal(bytes, File.ReadAllBytes(Path.Combine(_target.ShardPath(new ShardId(0)), "chunks-000000000001.chk")));
    }

    [Theory]
    [InlineData(0, 41, "there has saved it through record 40")]
    [InlineData(1, 1, "there has saved it through record 0")]
    public async Task Who_has_not_saved_enough_is_not_copied_from(int shard, long through, string reason)
    {
        using var copier = new ShardCopier(_places);
        IOException refused = await Assert.ThrowsAsync<IOException>(() => copier.CopyAsync(shard, through, takesLacking: true, _target.FilesOf(new ShardId(shard))).WaitAsync(TestActorSystem.HangGuard));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shard_that_nobody_has_is_an_error()
    {
        _places.Publish([new ShardPlace { Shard = 0 }, new ShardPlace { Shard = 1 }]);
        using var copier = new ShardCopier(_places);
        IOException refused = await Assert.ThrowsAsync<IOException>(() => copier.CopyAsync(0, 1, takesLacking: true, _target.FilesOf(new ShardId(0))).WaitAsync(TestActorSystem.HangGuard));
        Assert.Contains("no other node lives", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_had_a_shard_until_the_plan_changed_is_copied_from_where_nobody_else_has_it()
    {
        Write("head-000000000001.snap", [1, 2, 3]);
        ShardPeer former = Assert.IsType<ShardPeer>(_places.Now.Shards[0].Leader);
        _places.Publish([new ShardPlace { Shard = 0 }, new ShardPlace { Shard = 1 }]);
        _places.Publish([former]);
        using var copier = new ShardCopier(_places);
        ShardFiles into = _target.FilesOf(new ShardId(0));
        await copier.CopyAsync(0, 40, takesLacking: true, into).WaitAsync(TestActorSystem.HangGuard);
        into.InstallCopy();
        Assert.Equal("head-000000000001.snap", Assert.Single(into.List()).Name);
    }

    [Fact]
    public async Task Who_lacks_samples_is_copied_from_where_nobody_else_has_the_shard_and_the_copy_says_so_until_it_has_better_files()
    {
        Write("head-000000000001.snap", [1, 2, 3]);
        _source.FilesOf(new ShardId(0)).NoteLacks();
        using var copier = new ShardCopier(_places);
        ShardFiles into = _target.FilesOf(new ShardId(0));
        Assert.False(into.Lacks);

        // In the place of files that are here they would be no better.
        IOException refused = await Assert.ThrowsAnyAsync<IOException>(() => copier.CopyAsync(0, 40, takesLacking: false, into).WaitAsync(TestActorSystem.HangGuard));
        Assert.Contains("the copy of there lacks samples too", refused.Message, StringComparison.Ordinal);
        Assert.IsType<NobodyWholeException>(refused);

        // One that has saved less may lack nothing.
        refused = await Assert.ThrowsAsync<IOException>(() => copier.CopyAsync(0, 41, takesLacking: false, into).WaitAsync(TestActorSystem.HangGuard));
        Assert.Contains("there has saved it through record 40", refused.Message, StringComparison.Ordinal);
        await copier.CopyAsync(0, 40, takesLacking: true, into).WaitAsync(TestActorSystem.HangGuard);
        into.InstallCopy();
        Assert.True(into.Lacks);
        Assert.Equal(["lacks", "head-000000000001.snap"], into.List().Select(static file => file.Name));

        using var folder = new TempDirectory();
        using DataDirectory whole = DataDirectory.Open(new DiskFiles(), folder.Path, 2);
        Directory.CreateDirectory(whole.ShardPath(new ShardId(0)));
        File.WriteAllBytes(Path.Combine(whole.ShardPath(new ShardId(0)), "head-000000000002.snap"), [4]);
        var messages = new NodeMessages();
        new CopySource(shard => whole.FilesOf(new ShardId(shard)), 2, static _ => 40).AddTo(messages);
        var node = new NodeIncarnation(new Guid(3, 0, 0, new byte[8]));
        await using NodeTransport third = NodeTransport.Listen(node, new IPEndPoint(IPAddress.Loopback, 0), new TransportSettings(), TimeProvider.System, messages.HandleAsync);
        ShardPeer lacking = Assert.IsType<ShardPeer>(_places.Now.Shards[0].Leader);
        _places.Publish([new ShardPlace { Shard = 0, Leader = lacking, Followers = [new ShardPeer(node, "third", _here.LinkTo(node, third.Address))] }, new ShardPlace { Shard = 1 }]);
        await copier.CopyAsync(0, 40, takesLacking: true, into).WaitAsync(TestActorSystem.HangGuard);
        into.InstallCopy();
        Assert.False(into.Lacks);
        Assert.Equal("head-000000000002.snap", Assert.Single(into.List()).Name);
    }

    [Fact]
    public void Messages_that_are_none_are_refused()
    {
        Assert.Throws<IOException>(() => CopyWire.ShardOf([1, 0]));
        Assert.Throws<IOException>(() => CopyWire.ShardOf([9, 0, 0, 0, 0]));
        Assert.Throws<IOException>(() => CopyWire.PartOf([1, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 65]));
        Assert.Throws<IOException>(() => CopyWire.ShardsOf([1, 0, 0]));
        Assert.Throws<IOException>(() => CopyWire.SavedOf(CopyWire.Saved([1, 2]).Payload.Span, 3));
        Assert.Throws<IOException>(() => CopyWire.FilesOf(CopyWire.Files([("a", 1)]).Payload[..^1]));
        Assert.Equal([3, 5], CopyWire.ShardsOf(CopyWire.AskSaved([3, 5]).Payload.Span));
        Assert.Equal([7L, 8L], CopyWire.SavedOf(CopyWire.Saved([7, 8]).Payload.Span, 2));
    }

    private void Write(string name, byte[] bytes)
    {
        string folder = _source.ShardPath(new ShardId(0));
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, name), bytes);
    }
}
