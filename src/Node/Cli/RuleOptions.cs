using System.CommandLine;
using Pleiad.Alerting;
using Pleiad.PromQL;

namespace Pleiad.Node;

/// <summary>Options that all commands about rules have, named as in promtool.</summary>
internal sealed class RuleOptions
{
    private readonly Option<bool> _ignoreUnknown = new("--ignore-unknown-fields")
    {
        Description = "Pass over keys of rule groups that nobody knows.",
    };

    private readonly Option<string[]> _features = new("--enable-feature")
    {
        Description = "Feature of PromQL to switch on, as Prometheus names them; may be repeated.", HelpName = "NAME",
    };

    /// <summary>Adds them to a command.</summary>
    public RuleOptions(Command command)
    {
        command.Options.Add(_ignoreUnknown);
        command.Options.Add(_features);
    }

    /// <summary>What was given. Features that mean nothing here are named.</summary>
    public RuleFileOptions Read(ParseResult result, TextWriter output)
    {
        string[] names =
        [
            .. (result.GetValue(_features) ?? [])
                .SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
        ];
        foreach (string unknown in names.Where(name => !SettingsMap.IsFeature(name)))
        {
            output.WriteLine($"  WARNING: Unknown feature passed to --enable-feature: {unknown}");
        }

        return new RuleFileOptions
        {
            IgnoreUnknownFields = result.GetValue(_ignoreUnknown),
            Expressions = new EngineSettings { Features = SettingsMap.FeaturesOf(names) },
        };
    }
}
