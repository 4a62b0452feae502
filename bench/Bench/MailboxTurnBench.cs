// dotnet run -c Release --project bench/Bench -- --filter '*MailboxTurnBench*' --inProcess --warmupCount 3 --iterationCount 5 --invocationCount 8 --unrollFactor 1
// One actor tells another; the reader lets the writer go on after each window, so that no mailbox overflows and nothing waits for a timer.
// Channel* is the same pair on a bounded channel of System.Threading.Channels in place of the kernel's mailbox: the choice that docs/decisions/0001 reports.
using System.Threading.Channels;
using BenchmarkDotNet.Attributes;
using Pleiad.Kernel;

namespace Pleiad.Bench;

[MemoryDiagnoser]
public class MailboxTurnBench
{
    private const int Messages = 1 << 20;
    private const int Window = 2048;

    private static readonly object s_message = new();

    private ActorSystem _system = null!;
    private ActorRef _writer = null!;
    private ActorRef _manyReader = null!;
    private ActorRef[] _manyWriters = null!;
    private Channel<Envelope> _channel = null!;
    private Channel<Envelope> _back = null!;
    private Mailbox _mailbox = null!;

    [Params(Dispatcher.DefaultThroughput)]
    public int Throughput { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _system = ActorSystem.Create("bench", new KernelSettings { Dispatcher = new Dispatcher(Throughput) });
        ActorRef reader = _system.ActorOf(Props.Create(() => new Reader(writers: 1)));
        _writer = _system.ActorOf(Props.Create(() => new Writer(reader, Messages)));
        _manyReader = _system.ActorOf(Props.Create(() => new Reader(writers: 4)).WithMailbox(new MailboxSettings { Capacity = 4 * Window }));
        _manyWriters = [.. Enumerable.Range(0, 4).Select(_ => _system.ActorOf(Props.Create(() => new Writer(_manyReader, Messages / 4))))];
        BoundedChannelOptions options = new(4096) { SingleReader = true };
        _channel = Channel.CreateBounded<Envelope>(options);
        _back = Channel.CreateBounded<Envelope>(new BoundedChannelOptions(4));
        _mailbox = new Mailbox(MailboxSettings.Default);
    }

    [GlobalCleanup]
    public Task Cleanup() => _system.TerminateAsync();

    /// <summary>The target of issue 2: at least 5 million messages a second.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public Task OneToOne() => _writer.Ask<object>(Start.Instance, TimeSpan.FromMinutes(1), CancellationToken.None);

    [Benchmark(OperationsPerInvoke = Messages)]
    public Task FourToOne() =>
        Task.WhenAll(_manyWriters.Select(writer => writer.Ask<object>(Start.Instance, TimeSpan.FromMinutes(1), CancellationToken.None)));

    [Benchmark(OperationsPerInvoke = Messages)]
    public async Task ChannelOneToOne()
    {
        Task reading = Task.Run(async () =>
        {
            int read = 0;
            while (read < Messages)
            {
                await _channel.Reader.WaitToReadAsync();
                while (_channel.Reader.TryRead(out _))
                {
                    if (++read % Window == 0)
                    {
                        _back.Writer.TryWrite(default);
                    }
                }
            }
        });
        int window = 2;
        for (int written = 0; written < Messages; written++)
        {
            if (written % Window == 0 && --window < 0)
            {
                await _back.Reader.ReadAsync();
                window++;
            }

            if (!_channel.Writer.TryWrite(new Envelope(s_message, null)))
            {
                throw new InvalidOperationException("the window is wider than the channel");
            }
        }

        await reading;
        while (_back.Reader.TryRead(out _))
        {
        }
    }

    /// <summary>The queues alone, one thread: in and out again.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public int QueueAlone()
    {
        int read = 0;
        for (int written = 0; written < Messages; written++)
        {
            _mailbox.TryEnqueue(new Envelope(s_message, null), out _);
            read += (written & 63) == 63 ? Drain() : 0;
        }

        return read;

        int Drain()
        {
            int drained = 0;
            while (_mailbox.TryDequeue(out _))
            {
                drained++;
            }

            return drained;
        }
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public int ChannelAlone()
    {
        int read = 0;
        for (int written = 0; written < Messages; written++)
        {
            _channel.Writer.TryWrite(new Envelope(s_message, null));
            read += (written & 63) == 63 ? Drain() : 0;
        }

        return read;

        int Drain()
        {
            int drained = 0;
            while (_channel.Reader.TryRead(out _))
            {
                drained++;
            }

            return drained;
        }
    }

    private sealed class Start
    {
        internal static Start Instance { get; } = new();
    }

    private sealed class WindowRead
    {
        internal static WindowRead Instance { get; } = new();
    }

    private sealed class Reader(int writers) : Actor
    {
        private readonly Dictionary<ActorRef, int> _read = new(writers);
        private ActorRef? _last;
        private int _lastRead;

        protected override void Receive(object message)
        {
            ActorRef sender = Sender;
            if (!ReferenceEquals(sender, _last))
            {
                if (_last is not null)
                {
                    _read[_last] = _lastRead;
                }

                _last = sender;
                _lastRead = _read.GetValueOrDefault(sender);
            }

            if (++_lastRead == Window)
            {
                _lastRead = 0;
                sender.Tell(WindowRead.Instance, Self);
            }
        }
    }

    /// <summary>Keeps up to two windows on their way (one when many write), and answers when all are read.</summary>
    private sealed class Writer(ActorRef reader, int messages) : Actor
    {
        private int _left;
        private int _onTheirWay;
        private ActorRef? _asker;

        protected override void Receive(object message)
        {
            if (message is Start)
            {
                _asker = Sender;
                _left = messages / Window;
                Write();
                if (messages == Messages)
                {
                    Write();
                }

                return;
            }

            _onTheirWay--;
            if (_left > 0)
            {
                Write();
            }
            else if (_onTheirWay == 0)
            {
                _asker!.Tell(message, Self);
            }
        }

        private void Write()
        {
            _left--;
            _onTheirWay++;
            ActorRef self = Self;
            for (int i = 0; i < Window; i++)
            {
                reader.Tell(s_message, self);
            }
        }
    }
}
