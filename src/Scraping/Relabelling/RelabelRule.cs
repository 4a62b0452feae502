using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>One relabelling rule: an entry of <c>relabel_configs</c>, <c>metric_relabel_configs</c> and kin.</summary>
/// <remarks>Behaviour as documented in Prometheus 3, "relabel_config". Absent fields have the values of <see cref="Default"/>.</remarks>
public sealed record RelabelRule
{
    /// <summary>The separator of a rule that names none.</summary>
    public const string SeparatorDefault = ";";

    /// <summary>The pattern of a rule that names none.</summary>
    public const string PatternDefault = "(.*)";

    /// <summary>The replacement of a rule that names none.</summary>
    public const string ReplacementDefault = "$1";

    private static readonly AnchoredRegex RegexDefault = AnchoredRegex.Compile(PatternDefault);

    /// <summary>What an empty rule means; it is not valid by itself, for <c>replace</c> needs a target label.</summary>
    public static readonly RelabelRule Default = new();

    /// <summary>Labels whose values are joined by <see cref="Separator"/>; an absent label counts as an empty string.</summary>
    public IReadOnlyList<string> SourceLabels { get; init; } = [];

    /// <summary>Between the values of the source labels.</summary>
    public string Separator { get; init; } = SeparatorDefault;

    /// <summary>Must match the whole joined value (or the label name, for the <c>label*</c> actions).</summary>
    public AnchoredRegex Regex { get; init; } = RegexDefault;

    /// <summary>Of <see cref="RelabelAction.HashMod"/>; above 0 there.</summary>
    public ulong Modulus { get; init; }

    /// <summary>The label that is written; may hold <c>$1</c> for <see cref="RelabelAction.Replace"/>.</summary>
    public string TargetLabel { get; init; } = string.Empty;

    /// <summary>What is written; <c>$1</c>, <c>${1}</c>, <c>${name}</c> stand for groups of the regex.</summary>
    public string Replacement { get; init; } = ReplacementDefault;

    /// <summary>What to do.</summary>
    public RelabelAction Action { get; init; } = RelabelAction.Replace;

    /// <summary>Whether names outside the legacy alphabet may be written.</summary>
    public NameValidation NameValidation { get; init; } = NameValidation.Utf8;

    /// <summary>What is wrong with this rule in Prometheus's words; null where it is valid.</summary>
    public string? Problem()
    {
        string action = Action.NameOf();
        if (Action == RelabelAction.HashMod && Modulus == 0)
        {
            return "relabel configuration for hashmod requires non-zero modulus";
        }

        if (WritesTarget && TargetLabel.Length == 0)
        {
            return $"relabel configuration for {action} action requires 'target_label' value";
        }

        bool templated = Action == RelabelAction.Replace && TargetLabel.Contains('$');
        if (WritesTarget && !(templated ? IsNameTemplate(TargetLabel) : IsName(TargetLabel)))
        {
            return $"{QuotedText.Of(TargetLabel)} is invalid 'target_label' for {action} action";
        }

        bool onlyTarget = Action is RelabelAction.Lowercase or RelabelAction.Uppercase or RelabelAction.KeepEqual or RelabelAction.DropEqual;
        if (onlyTarget && Replacement != ReplacementDefault)
        {
            return $"'replacement' can not be set for {action} action";
        }

        if (Action == RelabelAction.LabelMap && !IsNameTemplate(Replacement))
        {
            return $"{QuotedText.Of(Replacement)} is invalid 'replacement' for {action} action";
        }

        bool othersSet = Modulus != 0 || Separator != SeparatorDefault || Replacement != ReplacementDefault;
        if (Action is RelabelAction.KeepEqual or RelabelAction.DropEqual && (othersSet || Regex.Pattern != PatternDefault))
        {
            return $"{action} action requires only 'source_labels' and `target_label`, and no other fields";
        }

        if (Action is RelabelAction.LabelDrop or RelabelAction.LabelKeep
            && (othersSet || SourceLabels.Count > 0 || TargetLabel.Length > 0))
        {
            return $"{action} action requires only 'regex', and no other fields";
        }

        return null;
    }

    internal bool IsName(string name) =>
        NameValidation == NameValidation.Legacy ? LabelName.IsLegacy(name) : LabelName.IsValid(name);

    private bool WritesTarget => Action is RelabelAction.Replace or RelabelAction.HashMod or RelabelAction.Lowercase
        or RelabelAction.Uppercase or RelabelAction.KeepEqual or RelabelAction.DropEqual;

    // A label name with variables in it. Under UTF-8 names nearly anything can become a name, so only the text is checked.
    private bool IsNameTemplate(string template) =>
        NameValidation == NameValidation.Legacy ? IsLegacyNameTemplate(template) : LabelName.IsValid(template);

    // A letter, underscore or variable, then letters, digits, underscores and variables ($name or ${name}).
    private static bool IsLegacyNameTemplate(string template)
    {
        if (template.Length == 0 || char.IsAsciiDigit(template[0]))
        {
            return false;
        }

        int at = 0;
        while (at < template.Length)
        {
            if (IsWord(template[at]))
            {
                at++;
                continue;
            }

            if (template[at] != '$')
            {
                return false;
            }

            bool braced = at + 1 < template.Length && template[at + 1] == '{';
            int start = at + (braced ? 2 : 1);
            int end = start;
            while (end < template.Length && IsWord(template[end]))
            {
                end++;
            }

            if (end == start || (braced && (end == template.Length || template[end] != '}')))
            {
                return false;
            }

            at = braced ? end + 1 : end;
        }

        return true;
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
