using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>
/// The kinds of what a panel holds, as far as it is drawn: somebody else's JSON may have a text where a list belongs. What is of the right
/// kind stays as it is, and so does what nobody here knows.
/// </summary>
internal static class PanelShape
{
    private const string Note = "what is not of the kind it has to be was left out";

    /// <summary>Brings the members of a panel to their kinds.</summary>
    public static void FitKinds(JsonObject panel, ImportNotes notes)
    {
        bool lost = panel.Fit(MemberKind.Text, "title", "description", "type", "repeat", "repeatDirection", "interval", "timeFrom", "timeShift")
            | panel.Fit(MemberKind.Number, "maxPerRow", "maxDataPoints")
            | panel.Fit(MemberKind.Flag, "collapsed", "transparent")
            | panel.Fit(MemberKind.Object, "options", "fieldConfig", "libraryPanel")
            | panel.Fit(MemberKind.Objects, "targets", "transformations", "links");
        foreach (JsonObject target in panel.Objects("targets"))
        {
            lost |= target.Fit(MemberKind.Text, "refId", "expr", "legendFormat", "interval")
                | target.Fit(MemberKind.Flag, "instant", "range", "hide", "exemplar")
                | target.Fit(MemberKind.Number, "panelId", "intervalFactor");
        }

        NameQueries([.. panel.Objects("targets")]);
        foreach (JsonObject step in panel.Objects("transformations"))
        {
            lost |= step.Fit("id", MemberKind.Text) | step.Fit("options", MemberKind.Object) | step.Fit("disabled", MemberKind.Flag);
        }

        lost |= Links(panel, "links") | Options(panel) | Fields(panel.Object("fieldConfig"));
        if (lost)
        {
            notes.Approximated(panel, Note);
        }
    }

    // Old dashboards do not name their queries, of which answers, overrides and transformations have to be told apart.
    private static void NameQueries(JsonObject[] targets)
    {
        HashSet<string> taken = [.. targets.Select(static target => target.Word("refId")).OfType<string>()];
        int number = 0;
        foreach (JsonObject target in targets.Where(static target => target.Word("refId") is null))
        {
            string name;
            do
            {
                name = number < 26 ? $"{(char)('A' + number)}" : $"Q{number}";
                number++;
            }
            while (!taken.Add(name));
            target["refId"] = name;
        }
    }

    private static bool Options(JsonObject panel)
    {
        if (panel.Object("options") is not { } options)
        {
            return false;
        }

        bool lost = options.Fit(MemberKind.Object, "legend", "reduceOptions", "tooltip")
            | options.Fit(MemberKind.Text, "content", "colorMode", "graphMode", "textMode", "orientation")
            | options.Fit("sortBy", MemberKind.Objects);
        if (options.Object("legend") is { } legend)
        {
            lost |= legend.Fit("showLegend", MemberKind.Flag) | legend.Fit("displayMode", MemberKind.Text) | legend.Fit("calcs", MemberKind.Texts);
        }

        if (options.Object("reduceOptions") is { } reduce)
        {
            lost |= reduce.Fit("calcs", MemberKind.Texts) | reduce.Fit("values", MemberKind.Flag) | reduce.Fit("fields", MemberKind.Text);
        }

        return lost;
    }

    private static bool Fields(JsonObject? config)
    {
        if (config is null)
        {
            return false;
        }

        bool lost = config.Fit("defaults", MemberKind.Object) | config.Fit("overrides", MemberKind.Objects);
        if (config.Object("defaults") is { } defaults)
        {
            lost |= defaults.Fit("custom", MemberKind.Object);
            foreach (string name in defaults.Select(static member => member.Key).ToArray())
            {
                lost |= Field(defaults, name, name);
            }
        }

        foreach (JsonObject rule in config.Objects("overrides"))
        {
            lost |= rule.Fit("properties", MemberKind.Objects) | rule.Fit("matcher", MemberKind.Object) | (rule.Object("matcher")?.Fit("id", MemberKind.Text) ?? false);
            foreach (JsonObject property in rule.Objects("properties"))
            {
                lost |= property.Fit("id", MemberKind.Text) | Field(property, "value", property.Text("id") ?? string.Empty);
            }
        }

        return lost;
    }

    /// <summary>One setting of fields.</summary>
    /// <param name="holder">Has it.</param>
    /// <param name="name">Under which name.</param>
    /// <param name="setting">Which it is.</param>
    private static bool Field(JsonObject holder, string name, string setting)
    {
        switch (setting)
        {
            case "unit" or "displayName" or "noValue" or "description":
                return holder.Fit(name, MemberKind.Text);
            case "min" or "max" or "decimals":
                return holder.Fit(name, MemberKind.Number);
            case "links":
                return holder.Fit(name, MemberKind.Objects) | Links(holder, name);
            case "color":
                // What generators of dashboards write.
                if (holder.Word(name) is { } plain)
                {
                    holder[name] = new JsonObject { ["mode"] = "fixed", ["fixedColor"] = plain };
                }

                return holder.Fit(name, MemberKind.Object) | (holder.Object(name) is { } color && color.Fit(MemberKind.Text, "mode", "fixedColor"));
            case "mappings":
                bool lost = holder.Fit(name, MemberKind.Objects);
                foreach (JsonObject mapping in holder.Objects(name))
                {
                    lost |= mapping.Fit("options", MemberKind.Object);
                }

                return lost;
            case "thresholds":
                return holder.Fit(name, MemberKind.Object) | (holder.Object(name) is { } thresholds && Thresholds(thresholds));
            default:
                return false;
        }
    }

    private static bool Thresholds(JsonObject thresholds)
    {
        bool lost = thresholds.Fit("mode", MemberKind.Text) | thresholds.Fit("steps", MemberKind.Objects);
        foreach (JsonObject step in thresholds.Objects("steps"))
        {
            lost |= step.Fit("color", MemberKind.Text);
            // The first step has none; nor has one whose text is no number.
            if (step.Fit("value", MemberKind.Number))
            {
                step["value"] = null;
                lost = true;
            }
        }

        return lost;
    }

    private static bool Links(JsonObject holder, string name)
    {
        bool lost = false;
        foreach (JsonObject link in holder.Objects(name))
        {
            lost |= link.Fit(MemberKind.Text, "title", "url", "type", "tooltip") | link.Fit("tags", MemberKind.Texts)
                | link.Fit(MemberKind.Flag, "targetBlank", "keepTime", "includeVars", "asDropdown");
        }

        return lost;
    }

    /// <summary>The links beside the title of a dashboard.</summary>
    public static bool FitDashboardLinks(JsonObject dashboard) => dashboard.Fit("links", MemberKind.Objects) | Links(dashboard, "links");
}
