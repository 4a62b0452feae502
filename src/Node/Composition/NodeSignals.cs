using System.Runtime.InteropServices;

namespace Pleiad.Node;

/// <summary>SIGTERM and SIGINT stop the node in order, SIGHUP reloads the configuration.</summary>
internal sealed class NodeSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];

    public NodeSignals(NodeControl control)
    {
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                control.Quit(context.Signal.ToString());
            }));
        }

        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            // What came of it is logged by whoever does it.
            _ = control.ReloadAsync(CancellationToken.None);
        }));
    }

    /// <inheritdoc/>
    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());
}
