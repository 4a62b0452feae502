using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Pleiad.TestKit;

namespace Pleiad.Kernel.Tests;

public sealed class NodeTransportTests : IAsyncLifetime
{
    private static readonly NodeIncarnation A = new(new Guid("aaaaaaaa-0000-0000-0000-000000000001"));
    private static readonly NodeIncarnation B = new(new Guid("bbbbbbbb-0000-0000-0000-000000000002"));
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly List<NodeTransport> _transports = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (NodeTransport transport in _transports)
        {
            await transport.DisposeAsync();
        }
    }

    private NodeTransport Listen(NodeIncarnation self, NodeMessageHandler handler, TransportSettings? settings = null, TimeProvider? time = null)
    {
        NodeTransport transport = NodeTransport.Listen(self, new IPEndPoint(IPAddress.Loopback, 0), settings ?? new TransportSettings(), time ?? TimeProvider.System, handler);
        _transports.Add(transport);
        return transport;
    }

    private PeerLink Link(NodeMessageHandler handler, TransportSettings? settings = null, TimeProvider? time = null)
    {
        NodeTransport to = Listen(B, handler, settings, time);
        return Listen(A, static _ => throw new InvalidOperationException("nobody asks A"), settings, time).LinkTo(B, to.Address);
    }

    // The first connections of a process load what secures them.
    private static TransportSettings Patient(NodeCertificates? certificates) => new() { Certificates = certificates, ConnectTimeout = TimeSpan.FromMinutes(1) };

    private static ValueTask<NodeMessage> Echo(IncomingMessage message) => new(new NodeMessage((ushort)(message.Message.Number + 1), message.Message.Payload));

    private static NodeMessage Message(ushort number, string text = "") => new(number, Encoding.UTF8.GetBytes(text));

    private static string Text(NodeReply reply) => Encoding.UTF8.GetString(reply.Message.Payload.Span);

    [Fact]
    public async Task Nodes_with_certificates_of_one_authority_talk_and_strangers_are_not_heard()
    {
        using var ours = new TestAuthority("ours");
        using var others = new TestAuthority("others");
        using NodeCertificates ofA = ours.Issue("a");
        using NodeCertificates ofB = ours.Issue("b");
        using NodeCertificates ofStranger = others.Issue("b");
        var heard = new ConcurrentQueue<ushort>();
        NodeTransport to = Listen(
            B,
            message =>
            {
                heard.Enqueue(message.Message.Number);
                return Echo(message);
            },
            Patient(ofB));
        PeerLink friend = Listen(A, static _ => throw new InvalidOperationException("nobody asks A"), Patient(ofA)).LinkTo(B, to.Address);
        string large = new('x', 300_000);
        NodeReply[] replies = await Task.WhenAll(Enumerable.Range(1, 50).Select(i => friend.AskAsync((Lane)(i % 3), Message((ushort)i, large), Patience).AsTask()));
        Assert.All(replies, reply => Assert.Equal((ReplyResult.Answered, large.Length), (reply.Result, reply.Message.Payload.Length)));
        Assert.Equal(50, heard.Count);

        foreach (TransportSettings settings in new[] { Patient(ofStranger), Patient(null) })
        {
            PeerLink stranger = Listen(A, static _ => throw new InvalidOperationException("nobody asks A"), settings).LinkTo(B, to.Address);
            Assert.NotEqual(ReplyResult.Answered, (await stranger.AskAsync(Lane.Control, Message(99), Patience)).Result);
        }

        // Nor does one of ours tell a stranger anything.
        NodeTransport trap = Listen(B, Echo, Patient(ofStranger));
        PeerLink fooled = Listen(A, static _ => throw new InvalidOperationException("nobody asks A"), Patient(ofA)).LinkTo(B, trap.Address);
        Assert.NotEqual(ReplyResult.Answered, (await fooled.AskAsync(Lane.Control, Message(99), Patience)).Result);
        Assert.Equal(50, heard.Count);
    }

    [Fact]
    public async Task A_client_without_a_certificate_or_with_one_that_is_no_nodes_is_not_heard()
    {
        using var ours = new TestAuthority("ours");
        using NodeCertificates ofB = ours.Issue("b");
        using NodeCertificates ofGuest = ours.Issue("guest", madeOutTo: "guest.example");
        int heard = 0;
        NodeTransport to = Listen(
            B,
            message =>
            {
                Interlocked.Increment(ref heard);
                return Echo(message);
            },
            Patient(ofB));
        PeerLink guest = Listen(A, static _ => throw new InvalidOperationException("nobody asks A"), Patient(ofGuest)).LinkTo(B, to.Address);
        Assert.NotEqual(ReplyResult.Answered, (await guest.AskAsync(Lane.Control, Message(99), Patience)).Result);

        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        await socket.ConnectAsync(to.Address);
        await using var secured = new System.Net.Security.SslStream(
            new System.Net.Sockets.NetworkStream(socket), leaveInnerStreamOpen: false, static (_, _, _, _) => true);

        // With TLS 1.3 the client's side of the handshake has ended before the server refuses it.
        Exception? refused = await Record.ExceptionAsync(async () =>
        {
            await secured.AuthenticateAsClientAsync(new System.Net.Security.SslClientAuthenticationOptions { TargetHost = NodeCertificates.ServerName });
            await new Greeting(A, B, Lane.Control).SendAsync(secured, CancellationToken.None);
            await Greeting.ReceiveAsync(secured, CancellationToken.None);
        });
        Assert.True(refused is IOException or System.Security.Authentication.AuthenticationException or TransportException, refused?.ToString() ?? "it was greeted");
        Assert.Equal(0, heard);
    }

    [Fact]
    public async Task Control_messages_are_read_on_a_thread_that_no_other_work_holds_up()
    {
        var pooled = new ConcurrentDictionary<Lane, bool>();
        PeerLink link = Link(
            message =>
            {
                pooled[message.Lane] = Thread.CurrentThread.IsThreadPoolThread;
                return Echo(message);
            });
        foreach (Lane lane in Enum.GetValues<Lane>())
        {
            Assert.Equal("a", Text(await link.AskAsync(lane, Message(1, "a"), Patience)));
        }

        Assert.Equal([(Lane.Control, false), (Lane.Replication, true), (Lane.Query, true)], pooled.OrderBy(static lane => lane.Key).Select(static lane => (lane.Key, lane.Value)));
    }

    [Fact]
    public async Task Control_connections_beyond_the_threads_there_are_work_all_the_same_and_closed_ones_give_theirs_back()
    {
        var pooled = new ConcurrentQueue<bool>();
        NodeTransport to = Listen(
            B,
            message =>
            {
                pooled.Enqueue(Thread.CurrentThread.IsThreadPoolThread);
                return Echo(message);
            },
            new TransportSettings { ControlThreadsMax = 1 });
        PeerLink first = Listen(A, static _ => throw new InvalidOperationException("nobody asks A")).LinkTo(B, to.Address);
        PeerLink second = Listen(A, static _ => throw new InvalidOperationException("nobody asks A")).LinkTo(B, to.Address);
        foreach (PeerLink link in (PeerLink[])[first, second])
        {
            Assert.Equal(ReplyResult.Answered, (await link.AskAsync(Lane.Control, Message(1), Patience)).Result);
        }

        Assert.Equal([false, true], pooled);
        Assert.Equal(1, to.ControlThreadCount);
        first.Dispose();
        using var over = new CancellationTokenSource(Patience);
        while (to.ControlThreadCount > 0)
        {
            // Of the connection that is still open: each answer is a look later.
            Assert.Equal(ReplyResult.Answered, (await second.AskAsync(Lane.Control, Message(1), Patience)).Result);
            over.Token.ThrowIfCancellationRequested();
        }
    }

    [Fact]
    public async Task Of_control_questions_that_nobody_answers_so_many_wait_and_no_more()
    {
        var never = new TaskCompletionSource<NodeMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        PeerLink link = Link(message => message.Message.Number == 1 ? new ValueTask<NodeMessage>(never.Task) : Echo(message), new TransportSettings { AnswersMax = 2 });
        Task<NodeReply>[] waiting = [.. Enumerable.Range(0, 2).Select(_ => link.AskAsync(Lane.Control, Message(1), Patience).AsTask())];
        NodeReply refused = await link.AskAsync(Lane.Control, Message(2), Patience);
        Assert.Equal((ReplyResult.Failed, "too many questions wait for answers"), (refused.Result, refused.Reason));
        never.SetResult(Message(2));
        Assert.All(await Task.WhenAll(waiting), static reply => Assert.Equal(ReplyResult.Answered, reply.Result));
        Assert.Equal(ReplyResult.Answered, (await link.AskAsync(Lane.Control, Message(2), Patience)).Result);
    }

    [Fact]
    public async Task Each_question_gets_its_own_answer_however_many_are_under_way()
    {
        PeerLink link = Link(static message =>
            message.Message.Number % 3 == 0 ? AnswerLater(message.Message.Number, message.Message.Payload.ToArray()) : Echo(message));
        NodeReply[] replies = await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => Task.Run(
            async () => await link.AskAsync((Lane)(i % 3), Message((ushort)i, $"question {i}"), Patience))));
        Assert.All(replies.Select((reply, i) => (reply, i)), pair =>
        {
            Assert.Equal((ReplyResult.Answered, (ushort)(pair.i + 1)), (pair.reply.Result, pair.reply.Message.Number));
            Assert.Equal($"question {pair.i}", Text(pair.reply));
        });

        static async ValueTask<NodeMessage> AnswerLater(ushort number, byte[] payload)
        {
            await Task.Yield();
            return new NodeMessage((ushort)(number + 1), payload);
        }
    }

    [Fact]
    public async Task Messages_of_a_lane_arrive_in_their_order()
    {
        var arrived = new ConcurrentQueue<ushort>();
        PeerLink link = Link(message =>
        {
            arrived.Enqueue(message.Message.Number);
            return Echo(message);
        });
        for (ushort i = 0; i < 1000; i++)
        {
            Assert.True(await link.TellAsync(Lane.Replication, Message(i, new string('x', i))));
        }

        await link.AskAsync(Lane.Replication, Message(1000), Patience);
        Assert.Equal(Enumerable.Range(0, 1001).Select(i => (ushort)i), arrived);
    }

    [Fact]
    public async Task A_message_has_at_most_its_bytes()
    {
        var settings = new TransportSettings { MessageBytesMax = 1000 };
        PeerLink link = Link(Echo, settings);
        Assert.Equal(1000, (await link.AskAsync(Lane.Query, new NodeMessage(1, new byte[1000]), Patience)).Message.Payload.Length);
        await Assert.ThrowsAsync<ArgumentException>(async () => await link.AskAsync(Lane.Query, new NodeMessage(1, new byte[1001]), Patience));
    }

    [Fact]
    public async Task An_answer_that_is_too_long_and_a_handler_that_fails_are_told_to_who_asked()
    {
        var settings = new TransportSettings { MessageBytesMax = 1000 };
        PeerLink link = Link(static message => message.Message.Number == 1 ? new(new NodeMessage(1, new byte[1001])) : throw new InvalidOperationException("no such shard"), settings);
        NodeReply tooLong = await link.AskAsync(Lane.Query, Message(1), Patience);
        Assert.Equal(ReplyResult.Failed, tooLong.Result);
        Assert.Contains("1001", tooLong.Reason, StringComparison.Ordinal);
        NodeReply failed = await link.AskAsync(Lane.Query, Message(2), Patience);
        Assert.Equal((ReplyResult.Failed, "no such shard"), (failed.Result, failed.Reason));
    }

    [Fact]
    public async Task A_question_without_an_answer_times_out()
    {
        var time = new VirtualTime();
        var never = new TaskCompletionSource<NodeMessage>();
        var asked = new TaskCompletionSource();
        PeerLink link = Link(
            _ =>
            {
                asked.TrySetResult();
                return new ValueTask<NodeMessage>(never.Task);
            },
            time: time);
        Task<NodeReply> reply = link.AskAsync(Lane.Control, Message(1), TimeSpan.FromSeconds(1)).AsTask();
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.False(reply.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(ReplyResult.TimedOut, (await reply).Result);
    }

    [Fact]
    public async Task When_the_other_node_ends_what_waits_is_answered_and_later_there_is_nobody()
    {
        var asked = new TaskCompletionSource();
        NodeTransport to = Listen(B, _ =>
        {
            asked.TrySetResult();
            return new ValueTask<NodeMessage>(new TaskCompletionSource<NodeMessage>().Task);
        });
        PeerLink link = Listen(A, Echo).LinkTo(B, to.Address);
        Task<NodeReply> reply = link.AskAsync(Lane.Control, Message(1), Patience).AsTask();
        await asked.Task;
        await to.DisposeAsync();
        Assert.Equal(ReplyResult.Unreachable, (await reply).Result);
        Assert.Equal(ReplyResult.NobodyThere, (await link.AskAsync(Lane.Query, Message(1), Patience)).Result);
        Assert.False(await link.TellAsync(Lane.Query, Message(1)));
    }

    [Fact]
    public async Task Whoever_has_a_control_connection_hears_when_it_breaks_and_not_when_he_closes_it_himself()
    {
        NodeTransport to = Listen(B, Echo);
        NodeTransport from = Listen(A, static _ => throw new InvalidOperationException("nobody asks A"));
        using var broke = new SemaphoreSlim(0);
        int closed = 0;
        PeerLink link = from.LinkTo(B, to.Address, () => broke.Release());
        PeerLink other = from.LinkTo(B, to.Address, () => Interlocked.Increment(ref closed));
        Assert.Equal(ReplyResult.Answered, (await link.AskAsync(Lane.Control, Message(1), Patience)).Result);
        Assert.Equal(ReplyResult.Answered, (await link.AskAsync(Lane.Query, Message(1), Patience)).Result);
        Assert.Equal(ReplyResult.Answered, (await other.AskAsync(Lane.Control, Message(1), Patience)).Result);
        other.Dispose();
        await to.DisposeAsync();
        Assert.True(await broke.WaitAsync(Patience));
        Assert.Equal(0, closed);
        Assert.Equal(0, broke.CurrentCount);
    }

    [Fact]
    public async Task While_one_tries_to_connect_where_the_last_try_failed_the_others_are_told_so_at_once()
    {
        // Takes connections and greets nobody.
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        var settings = new TransportSettings { ReconnectPause = TimeSpan.Zero, ReconnectPauseMax = TimeSpan.Zero };
        var time = new VirtualTime();
        PeerLink link = Listen(A, Echo, settings, time).LinkTo(B, mute.LocalEndpoint);
        Task<NodeReply> first = link.AskAsync(Lane.Query, Message(1), Patience).AsTask();
        time.Advance(settings.ConnectTimeout);
        Assert.Equal(ReplyResult.Unreachable, (await first).Result);
        Task<NodeReply> connecting = link.AskAsync(Lane.Query, Message(1), Patience).AsTask();
        Assert.Equal(ReplyResult.Unreachable, (await link.AskAsync(Lane.Query, Message(1), Patience)).Result);
        Assert.False(connecting.IsCompleted);
        time.Advance(settings.ConnectTimeout);
        Assert.Equal(ReplyResult.Unreachable, (await connecting).Result);
    }

    [Fact]
    public async Task Who_has_replaced_a_node_at_its_address_is_not_taken_for_it()
    {
        NodeTransport to = Listen(B, Echo);
        PeerLink link = Listen(A, Echo).LinkTo(new NodeIncarnation(new Guid("bbbbbbbb-0000-0000-0000-000000000003")), to.Address);
        NodeReply reply = await link.AskAsync(Lane.Control, Message(1), Patience);
        Assert.Equal(ReplyResult.NobodyThere, reply.Result);
    }

    [Fact]
    public async Task A_connection_that_broke_is_made_anew()
    {
        var time = new VirtualTime();
        NodeTransport to = Listen(B, Echo);
        var address = (IPEndPoint)to.Address;
        PeerLink link = Listen(A, Echo, time: time).LinkTo(B, address);
        Assert.Equal(ReplyResult.Answered, (await link.AskAsync(Lane.Control, Message(1), Patience)).Result);
        await to.DisposeAsync();
        while ((await link.AskAsync(Lane.Control, Message(1), Patience)).Result != ReplyResult.NobodyThere)
        {
            // The end of the connection may not have been noticed yet.
            time.Advance(TimeSpan.FromSeconds(2));
        }

        NodeTransport again = NodeTransport.Listen(B, address, new TransportSettings(), TimeProvider.System, Echo);
        _transports.Add(again);
        // Within the pause it is not tried again.
        Assert.Equal(ReplyResult.NobodyThere, (await link.AskAsync(Lane.Control, Message(1), Patience)).Result);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(ReplyResult.Answered, (await link.AskAsync(Lane.Control, Message(1), Patience)).Result);
    }

    [Fact]
    public async Task What_is_heavy_on_one_lane_does_not_hold_up_another()
    {
        using var release = new ManualResetEventSlim();
        PeerLink link = Link(message =>
        {
            if (message.Lane == Lane.Replication)
            {
                release.Wait();
            }

            return Echo(message);
        });
        Task<NodeReply> heavy = Task.Run(async () => await link.AskAsync(Lane.Replication, new NodeMessage(1, new byte[1 << 20]), Patience));
        Assert.Equal(ReplyResult.Answered, (await link.AskAsync(Lane.Control, Message(1), Patience)).Result);
        Assert.False(heavy.IsCompleted);
        release.Set();
        Assert.Equal(ReplyResult.Answered, (await heavy).Result);
    }

    [Fact]
    public async Task Beyond_its_limits_a_connection_refuses()
    {
        var never = new TaskCompletionSource<NodeMessage>();
        PeerLink link = Link(message => message.Message.Number == 0 ? Echo(message) : new ValueTask<NodeMessage>(never.Task), new TransportSettings { AsksMax = 4 });
        await link.AskAsync(Lane.Query, Message(0), Patience);
        Task<NodeReply>[] asks = [.. Enumerable.Range(0, 4).Select(_ => link.AskAsync(Lane.Query, Message(1), Patience).AsTask())];
        Assert.Equal(ReplyResult.Overloaded, (await link.AskAsync(Lane.Query, Message(1), Patience)).Result);
        never.SetResult(Message(2));
        Assert.All(await Task.WhenAll(asks), reply => Assert.Equal(ReplyResult.Answered, reply.Result));
        Assert.Equal(ReplyResult.Answered, (await link.AskAsync(Lane.Query, Message(0), Patience)).Result);
    }

    [Fact]
    public async Task No_more_questions_are_read_than_may_be_answered_at_once()
    {
        int answering = 0;
        int most = 0;
        var gate = new SemaphoreSlim(0);
        PeerLink link = Link(
            async message =>
            {
                most = Math.Max(most, Interlocked.Increment(ref answering));
                await gate.WaitAsync();
                Interlocked.Decrement(ref answering);
                return Message(2);
            },
            new TransportSettings { AnswersMax = 3 });
        Task<NodeReply>[] asks = [.. Enumerable.Range(0, 20).Select(_ => link.AskAsync(Lane.Query, Message(1), Patience).AsTask())];
        gate.Release(20);
        Assert.All(await Task.WhenAll(asks), reply => Assert.Equal(ReplyResult.Answered, reply.Result));
        Assert.InRange(most, 1, 3);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nAccept: something long enough\r\n\r\n")]
    [InlineData("")]
    [InlineData("PLEIAD")]
    public async Task Whoever_does_not_greet_is_sent_away(string text)
    {
        NodeTransport to = Listen(B, Echo);
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await stranger.ConnectAsync(to.Address);
        await stranger.SendAsync(Encoding.ASCII.GetBytes(text));
        stranger.Shutdown(SocketShutdown.Send);
        try
        {
            Assert.Equal(0, await stranger.ReceiveAsync(new byte[100]));
        }
        catch (SocketException e)
        {
            Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
        }

        Assert.Equal(0, to.InboundCount);
        Assert.Equal(ReplyResult.Answered, (await Listen(A, Echo).LinkTo(B, to.Address).AskAsync(Lane.Control, Message(1), Patience)).Result);
    }

    [Fact]
    public void Frames_and_greetings_that_are_none_are_refused()
    {
        Span<byte> bytes = stackalloc byte[Greeting.Bytes];
        var frame = new Frame(FrameKind.Ask, 513, 0x0102030405060708, 77);
        frame.Write(bytes);
        Assert.Equal([77, 0, 0, 0, 2, 0, 1, 2, 8, 7, 6, 5, 4, 3, 2, 1], bytes[..Frame.HeaderBytes].ToArray());
        Assert.Equal(frame, Frame.Read(bytes, 77));
        byte[] kept = bytes.ToArray();
        Assert.Throws<TransportException>(() => Frame.Read(kept, 76));
        foreach ((int at, byte value) in new (int, byte)[] { (3, 0x80), (4, 0), (4, 5), (5, 1) })
        {
            byte[] broken = [.. kept];
            broken[at] = value;
            Assert.Throws<TransportException>(() => Frame.Read(broken, 77));
        }

        var greeting = new Greeting(A, B, Lane.Query);
        greeting.Write(bytes);
        Assert.Equal("PLEIAD\0\0"u8.ToArray(), bytes[..8].ToArray());
        Assert.Equal(greeting, Greeting.Read(bytes));
        kept = bytes.ToArray();
        foreach ((int at, byte value) in new (int, byte)[] { (0, 0), (8, 2), (12, 3) })
        {
            byte[] broken = [.. kept];
            broken[at] = value;
            Assert.Throws<TransportException>(() => Greeting.Read(broken));
        }
    }
}
