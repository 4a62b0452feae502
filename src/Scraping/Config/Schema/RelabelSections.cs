using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>Relabelling rules out of their sections.</summary>
internal static class RelabelSections
{
    /// <summary>Refuses the first rule that is not valid.</summary>
    public static void Check(IReadOnlyList<ConfigSection> sections, NameValidation names)
    {
        foreach (ConfigSection section in sections)
        {
            _ = RuleOf(section, names);
        }
    }

    /// <summary>The rules, applied in the order of the file.</summary>
    public static Relabeller RelabellerOf(IReadOnlyList<ConfigSection> sections, NameValidation names) =>
        sections.Count == 0 ? Relabeller.None : new Relabeller(sections.Select(section => RuleOf(section, names)));

    private static RelabelRule RuleOf(ConfigSection section, NameValidation names)
    {
        if (!RelabelActionNames.TryParse(section.Text("action"), out RelabelAction action))
        {
            throw section.Fail("relabel action cannot be empty", "action");
        }

        string pattern = section.Text("regex");
        var rule = new RelabelRule
        {
            SourceLabels = section.Texts("source_labels"),
            Separator = section.Text("separator"),
            Regex = pattern == RelabelRule.PatternDefault ? RelabelRule.Default.Regex : AnchoredRegex.Compile(pattern),
            Modulus = (ulong)section.Number("modulus"),
            TargetLabel = section.Text("target_label"),
            Replacement = section.Text("replacement"),
            Action = action,
            NameValidation = names,
        };
        return rule.Problem() is { } problem ? throw section.Fail(problem) : rule;
    }
}
