using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Pleiad.Dashboards;

namespace Pleiad.Gateway;

/// <summary>Answers one method of one route of Grafana's API.</summary>
internal delegate Task GrafanaHandler(GrafanaCall call);

/// <summary>The routes of dashboards and folders: Grafana's own where there are such, because tools speak them.</summary>
internal static class DashboardRoutes
{
    /// <summary>The routes; none where the node keeps no dashboards.</summary>
    public static IEnumerable<GatewayRoute> Of(DashboardCatalog? catalog, GatewaySettings settings, ILogger log)
    {
        if (catalog is null)
        {
            return [];
        }

        GatewayRoute Route(string path, params (string Method, GrafanaHandler Handle)[] methods) => new(
            path,
            [.. methods.Select(method => method.Method)],
            methods.Any(method => method.Method != "GET") ? RouteAccess.Editor : RouteAccess.Viewer,
            NeedsReady: false,
            Handler(catalog, log, methods));

        return
        [
            new GatewayRoute("/api/health", ["GET"], RouteAccess.Anybody, NeedsReady: false, Handler(catalog, log, [("GET", call => SearchEndpoints.HealthAsync(call, settings))])),
            Route("/api/search", ("GET", SearchEndpoints.SearchAsync)),
            Route("/api/dashboards/tags", ("GET", SearchEndpoints.TagsAsync)),
            Route("/api/user/stars", ("GET", SearchEndpoints.StarsAsync)),
            Route(
                "/api/user/stars/dashboard/uid/{uid}",
                ("POST", call => SearchEndpoints.StarAsync(call, starred: true)),
                ("DELETE", call => SearchEndpoints.StarAsync(call, starred: false))),
            Route("/api/dashboards/uid/{uid}", ("GET", DashboardEndpoints.GetAsync), ("DELETE", DashboardEndpoints.DeleteAsync)),
            Route("/api/dashboards/db", ("POST", DashboardEndpoints.SaveAsync)),
            Route("/api/dashboards/import", ("POST", DashboardEndpoints.ImportAsync)),
            Route("/api/dashboards/report", ("POST", DashboardEndpoints.ReportAsync)),
            Route("/api/dashboards/uid/{uid}/export", ("GET", DashboardEndpoints.ExportAsync)),
            Route("/api/dashboards/uid/{uid}/versions", ("GET", DashboardEndpoints.VersionsAsync)),
            Route("/api/dashboards/uid/{uid}/versions/{version}", ("GET", DashboardEndpoints.VersionAsync)),
            Route("/api/dashboards/uid/{uid}/restore", ("POST", DashboardEndpoints.RestoreAsync)),
            Route("/api/folders", ("GET", FolderEndpoints.ListAsync), ("POST", FolderEndpoints.CreateAsync)),
            Route("/api/folders/{uid}", ("GET", FolderEndpoints.GetAsync), ("PUT", FolderEndpoints.RenameAsync), ("DELETE", FolderEndpoints.DeleteAsync)),
        ];
    }

    private static RouteHandler Handler(DashboardCatalog catalog, ILogger log, (string Method, GrafanaHandler Handle)[] methods) => async call =>
    {
        var grafana = new GrafanaCall(call, catalog);
        try
        {
            await methods.First(method => method.Method == call.Http.Request.Method).Handle(grafana).ConfigureAwait(false);
        }
        catch (DashboardException wrong) when (!call.Http.Response.HasStarted)
        {
            await grafana.AnswerErrorAsync(wrong).ConfigureAwait(false);
        }
        catch (IOException broken) when (!call.Http.Response.HasStarted)
        {
            Log.RequestFailed(log, call.Http.Request.Method, "dashboards", broken);
            await grafana.AnswerFailureAsync().ConfigureAwait(false);
        }
        catch (ApiException wrong) when (!call.Http.Response.HasStarted)
        {
            await grafana.AnswerErrorAsync(new DashboardException(
                wrong.Kind == ApiErrorKind.TooLarge ? DashboardFault.TooLarge : DashboardFault.Invalid, wrong.Message, wrong)).ConfigureAwait(false);
        }
        catch (BadHttpRequestException wrong) when (!call.Http.Response.HasStarted)
        {
            await grafana.AnswerErrorAsync(new DashboardException(
                wrong.StatusCode == StatusCodes.Status413PayloadTooLarge ? DashboardFault.TooLarge : DashboardFault.Invalid, wrong.Message, wrong)).ConfigureAwait(false);
        }
    };
}
