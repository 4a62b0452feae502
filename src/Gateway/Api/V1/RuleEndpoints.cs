using System.Globalization;
using Pleiad.Actors;
using Pleiad.Model;

namespace Pleiad.Gateway;

/// <summary>
/// <c>rules</c>, <c>alerts</c> and <c>alertmanagers</c> of a node that evaluates no rules and sends no alerts: every list is empty, and where the
/// configuration has some of it, a warning says so.
/// </summary>
internal sealed class RuleEndpoints(INodeStatus status)
{
    /// <summary><c>/api/v1/rules</c></summary>
    public Task<ApiAnswer> RulesAsync(GatewayCall call, Parameters parameters)
    {
        string type = parameters.Get("type").ToLowerInvariant();
        if (type is not ("" or "alert" or "record"))
        {
            throw ApiException.Parameter("type", $"not supported value {QuotedText.Of(type)}");
        }

        string excludeAlerts = parameters.Get("exclude_alerts").ToLowerInvariant();
        if (excludeAlerts is not ("" or "1" or "t" or "true" or "0" or "f" or "false"))
        {
            throw ApiException.Parameter(
                "exclude_alerts",
                $"error converting exclude_alerts: strconv.ParseBool: parsing {QuotedText.Of(excludeAlerts)}: invalid syntax");
        }

        CheckPaging(parameters.Get("group_limit"), parameters.Get("group_next_token"));
        return EmptyAsync(RuleWarnings, "groups");
    }

    /// <summary><c>/api/v1/alerts</c></summary>
    public Task<ApiAnswer> AlertsAsync(GatewayCall call, Parameters parameters) => EmptyAsync(RuleWarnings, "alerts");

    /// <summary><c>/api/v1/alertmanagers</c></summary>
    public Task<ApiAnswer> AlertmanagersAsync(GatewayCall call, Parameters parameters) =>
        EmptyAsync(
            status.AlertmanagerGroups == 0 ? [] : ["alertmanagers are configured, but this version sends no alerts"], "activeAlertmanagers", "droppedAlertmanagers");

    private IReadOnlyList<string> RuleWarnings => status.RuleFiles.Count == 0 ? [] : ["rule_files are configured, but this version evaluates no rules"];

    private static void CheckPaging(string limit, string token)
    {
        if (token.Length > 0 && limit.Length == 0)
        {
            throw ApiException.Parameter(
                "group_next_token", "group_limit needs to be present in order to paginate over the groups");
        }

        if (limit.Length > 0)
        {
            if (!int.TryParse(limit, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int groups))
            {
                throw ApiException.Parameter(
                    "group_limit",
                    $"group_limit needs to be a valid number: strconv.ParseInt: parsing {QuotedText.Of(limit)}: invalid syntax");
            }

            if (groups <= 0)
            {
                throw ApiException.Parameter("group_limit", "group_limit needs to be greater than 0");
            }
        }

        if (token.Length > 0)
        {
            throw ApiException.Parameter("group_next_token", $"invalid group_next_token '{token}'. were rule groups changed?");
        }
    }

    private static Task<ApiAnswer> EmptyAsync(IReadOnlyList<string> warnings, params string[] lists) => Task.FromResult(ApiAnswer.Of(
        text =>
        {
            text.ObjectStart();
            foreach (string list in lists)
            {
                text.Name(list).ArrayStart().ArrayEnd();
            }

            text.ObjectEnd();
        },
        warnings));
}
