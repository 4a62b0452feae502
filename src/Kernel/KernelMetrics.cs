using System.Diagnostics.Metrics;

namespace Pleiad.Kernel;

/// <summary>The kernel's counters, for the whole process.</summary>
internal static class KernelMetrics
{
    private static readonly Meter s_meter = new("Pleiad.Kernel");

    private static readonly Counter<long> s_deadLetters = s_meter.CreateCounter<long>(
        "pleiad_kernel_dead_letters_total", description: "Messages that reached nobody, by reason.");

    private static readonly Counter<long> s_mailboxFull = s_meter.CreateCounter<long>(
        "pleiad_kernel_mailbox_full_total", description: "Messages that met a full mailbox, by what became of them.");

    private static readonly Counter<long> s_failures = s_meter.CreateCounter<long>(
        "pleiad_kernel_failures_total", description: "Failures of actors, by the supervisor's directive.");

    private static readonly Counter<long> s_restarts = s_meter.CreateCounter<long>(
        "pleiad_kernel_restarts_total", description: "Actors made anew after a failure.");

    private static readonly Counter<long> s_asksTimedOut = s_meter.CreateCounter<long>(
        "pleiad_kernel_ask_timeouts_total", description: "Questions that nobody answered in time.");

    internal static void CountDeadLetter(DeadLetterReason reason) => s_deadLetters.Add(1, new KeyValuePair<string, object?>("reason", NameOf(reason)));

    internal static void CountMailboxFull(string became) => s_mailboxFull.Add(1, new KeyValuePair<string, object?>("became", became));

    internal static void CountFailure(Directive directive) => s_failures.Add(1, new KeyValuePair<string, object?>("directive", NameOf(directive)));

    internal static void CountRestart() => s_restarts.Add(1);

    private static readonly Counter<long> s_transportRefusals = s_meter.CreateCounter<long>(
        "pleiad_kernel_transport_refusals_total", description: "Messages and connections between nodes that were refused: a limit was reached, or it was none of ours.");

    private static readonly Counter<long> s_silentConnections = s_meter.CreateCounter<long>(
        "pleiad_kernel_silent_connections_total", description: "Connections to other nodes that were closed because the other machine acknowledged nothing of what was sent.");

    internal static void CountSilentConnection() => s_silentConnections.Add(1);

    internal static void CountTransportRefusal() => s_transportRefusals.Add(1);

    private static readonly Counter<long> s_stalledProbes = s_meter.CreateCounter<long>(
        "pleiad_kernel_probes_stalled_total", description: "Probes of other nodes that were not answered at once because the cluster actor has had no turn for too long.");

    internal static void CountStalledProbe() => s_stalledProbes.Add(1);

    private static readonly Counter<long> s_controlPooled = s_meter.CreateCounter<long>(
        "pleiad_kernel_control_connections_pooled_total", description: "Control connections between nodes that got no thread of their own, because there are enough.");

    internal static void CountControlPooled() => s_controlPooled.Add(1);

    internal static void CountAskTimeout() => s_asksTimedOut.Add(1);

    private static string NameOf(DeadLetterReason reason) => reason switch
    {
        DeadLetterReason.Stopped => "stopped",
        DeadLetterReason.MailboxFull => "mailbox_full",
        DeadLetterReason.DroppedOldest => "dropped_oldest",
        _ => "no_recipient",
    };

    private static string NameOf(Directive directive) => directive switch
    {
        Directive.Resume => "resume",
        Directive.Restart => "restart",
        Directive.Stop => "stop",
        _ => "escalate",
    };
}
