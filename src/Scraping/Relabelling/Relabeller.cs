using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>Applies a list of relabelling rules to labels, in order. Immutable, so any thread may use it.</summary>
public sealed class Relabeller
{
    /// <summary>No rules: keeps everything as it is.</summary>
    public static readonly Relabeller None = new([]);

    private readonly RelabelRule[] _rules;

    /// <summary>A relabeller of these rules.</summary>
    /// <exception cref="ArgumentException">A rule is not valid (<see cref="RelabelRule.Problem"/>).</exception>
    public Relabeller(IEnumerable<RelabelRule> rules)
    {
        _rules = [.. rules];
        foreach (RelabelRule rule in _rules)
        {
            if (rule.Problem() is { } problem)
            {
                throw new ArgumentException(problem, nameof(rules));
            }
        }
    }

    /// <summary>The rules in the order of their application.</summary>
    public IReadOnlyList<RelabelRule> Rules => _rules;

    /// <summary>Whether there is nothing to do, so that a caller need not build labels only to pass them through.</summary>
    public bool IsEmpty => _rules.Length == 0;

    /// <summary>Rewrites the labels by all rules.</summary>
    /// <returns>False where a rule dropped them; the builder is then left in between.</returns>
    public bool Apply(LabelsBuilder labels) => Apply(labels, out _);

    /// <summary>Rewrites the labels by all rules and says which one dropped them.</summary>
    /// <param name="droppedBy">The rule that dropped them; null where they are kept.</param>
    public bool Apply(LabelsBuilder labels, out RelabelRule? droppedBy)
    {
        foreach (RelabelRule rule in _rules)
        {
            if (!Apply(rule, labels))
            {
                droppedBy = rule;
                return false;
            }
        }

        droppedBy = null;
        return true;
    }

    /// <summary>What each rule makes of labels, in order; the last one is the rule that drops them, where one does.</summary>
    public IEnumerable<RelabelStep> Steps(Labels labels)
    {
        var builder = new LabelsBuilder(labels);
        foreach (RelabelRule rule in _rules)
        {
            bool kept = Apply(rule, builder);
            yield return new RelabelStep(rule, kept ? builder.ToLabels() : Labels.Empty, kept);
            if (!kept)
            {
                yield break;
            }
        }
    }

    private static bool Apply(RelabelRule rule, LabelsBuilder labels)
    {
        switch (rule.Action)
        {
            case RelabelAction.Keep:
                return rule.Regex.IsMatch(SourceOf(rule, labels));
            case RelabelAction.Drop:
                return !rule.Regex.IsMatch(SourceOf(rule, labels));
            case RelabelAction.KeepEqual:
                return labels.Get(rule.TargetLabel) == SourceOf(rule, labels);
            case RelabelAction.DropEqual:
                return labels.Get(rule.TargetLabel) != SourceOf(rule, labels);
            case RelabelAction.Replace:
                Replace(rule, labels);
                return true;
            case RelabelAction.Lowercase:
                labels.Set(rule.TargetLabel, SourceOf(rule, labels).ToLowerInvariant());
                return true;
            case RelabelAction.Uppercase:
                labels.Set(rule.TargetLabel, SourceOf(rule, labels).ToUpperInvariant());
                return true;
            case RelabelAction.HashMod:
                labels.Set(rule.TargetLabel, HashMod(SourceOf(rule, labels), rule.Modulus));
                return true;
            case RelabelAction.LabelMap:
                MapNames(rule, labels);
                return true;
            case RelabelAction.LabelDrop:
                labels.RemoveAll(label => rule.Regex.IsMatch(label.Name));
                return true;
            default:
                labels.RemoveAll(label => !rule.Regex.IsMatch(label.Name));
                return true;
        }
    }

    private static string SourceOf(RelabelRule rule, LabelsBuilder labels)
    {
        switch (rule.SourceLabels.Count)
        {
            case 0:
                return string.Empty;
            case 1:
                return labels.Get(rule.SourceLabels[0]);
            default:
                var joined = new StringBuilder();
                for (int i = 0; i < rule.SourceLabels.Count; i++)
                {
                    joined.Append(i == 0 ? string.Empty : rule.Separator).Append(labels.Get(rule.SourceLabels[i]));
                }

                return joined.ToString();
        }
    }

    private static void Replace(RelabelRule rule, LabelsBuilder labels)
    {
        string source = SourceOf(rule, labels);
        if (rule.Regex.Expand(source, rule.TargetLabel) is { } target && rule.IsName(target))
        {
            labels.Set(target, rule.Regex.Expand(source, rule.Replacement)!);
        }
    }

    // The last 8 bytes of MD5, because every version of Prometheus sharded targets by them.
    private static string HashMod(string source, ulong modulus)
    {
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(Encoding.UTF8.GetBytes(source), hash);
        return (BinaryPrimitives.ReadUInt64BigEndian(hash[8..]) % modulus).ToString(CultureInfo.InvariantCulture);
    }

    // Reads the labels as they were before the rule: a label mapped onto another name is not mapped again.
    private static void MapNames(RelabelRule rule, LabelsBuilder labels)
    {
        var before = new Label[labels.Count];
        for (int i = 0; i < before.Length; i++)
        {
            before[i] = labels[i];
        }

        foreach (Label label in before)
        {
            if (rule.Regex.Expand(label.Name, rule.Replacement) is { Length: > 0 } name)
            {
                labels.Set(name, label.Value);
            }
        }
    }
}
