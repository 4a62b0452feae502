using Microsoft.Extensions.Logging;
using Pleiad.Dashboards;

namespace Pleiad.Node;

/// <summary>Looks at the folder of dashboards on disk again and again, and gives the catalog what is there.</summary>
internal sealed class DashboardProvisioner : IAsyncDisposable
{
    private readonly DashboardCatalog _catalog;
    private readonly ProvisioningFolder _folder;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _looking;
    private HashSet<string> _told = [];

    /// <summary>Looks once, and from then on in the background.</summary>
    public DashboardProvisioner(DashboardCatalog catalog, ProvisioningFolder folder, TimeProvider time, ILogger log)
    {
        _catalog = catalog;
        _folder = folder;
        _log = log;
        Look();
        _looking = LookAgainAsync(time);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _looking;
        _stop.Dispose();
    }

    private async Task LookAgainAsync(TimeProvider time)
    {
        try
        {
            while (true)
            {
                await Task.Delay(_folder.Interval, time, _stop.Token);
                Look();
            }
        }
        catch (OperationCanceledException)
        {
            // The node ends.
        }
    }

    private void Look()
    {
        ProvisionedDashboards found = _folder.Look();
        _catalog.Provisioned = found;
        // Each problem once, until it is gone.
        foreach (string problem in found.Problems.Where(problem => !_told.Contains(problem)))
        {
            _log.DashboardFileProblem(problem);
        }

        _told = [.. found.Problems];
    }
}
