using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Pleiad.TestKit;
using Xunit;

namespace Pleiad.Kernel.Tests;

public sealed class KernelMetricsTests
{
    [Fact]
    public void Dead_letters_full_mailboxes_failures_restarts_and_timeouts_are_counted()
    {
        ConcurrentDictionary<string, long> counts = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = static (instrument, self) =>
            {
                if (instrument.Meter.Name == "Pleiad.Kernel")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            counts.AddOrUpdate(tags.Length == 0 ? instrument.Name : $"{instrument.Name}:{tags[0].Value}", value, (_, sum) => sum + value));
        listener.Start();

        using TestActorSystem test = TestActorSystem.OnTurns();
        ActorRef actor = test.ActorOf(Props.Create(() => new Lambda((_, message) =>
        {
            if (message is Exception failure)
            {
                throw failure;
            }
        })).WithMailbox(new MailboxSettings { Capacity = 1 }));
        test.Drain();
        actor.Tell(new FormatException("bad"));
        actor.Tell("no room");
        test.Advance(TimeSpan.FromSeconds(1));
        _ = actor.Ask<int>("?", TimeSpan.FromSeconds(1), CancellationToken.None);
        test.Advance(TimeSpan.FromSeconds(1));
        test.Stop(actor);
        actor.Tell("too late");

        // Other tests count in the same process.
        Assert.All(
            (string[])[
                "pleiad_kernel_dead_letters_total:mailbox_full", "pleiad_kernel_dead_letters_total:stopped", "pleiad_kernel_mailbox_full_total:refused",
                "pleiad_kernel_failures_total:restart", "pleiad_kernel_restarts_total", "pleiad_kernel_ask_timeouts_total",
            ],
            name => Assert.True(counts.GetValueOrDefault(name) >= 1, name));
    }
}
