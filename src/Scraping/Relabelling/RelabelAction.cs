namespace Pleiad.Scraping;

/// <summary>What a relabelling rule does. Names as in prometheus.yml, in lower case.</summary>
public enum RelabelAction
{
    /// <summary>Sets the target label to the expanded replacement where the regex matches.</summary>
    Replace,

    /// <summary>Drops what the regex does not match.</summary>
    Keep,

    /// <summary>Drops what the regex matches.</summary>
    Drop,

    /// <summary>Drops unless the source value equals the target label.</summary>
    KeepEqual,

    /// <summary>Drops where the source value equals the target label.</summary>
    DropEqual,

    /// <summary>Sets the target label to the hash of the source value modulo <see cref="RelabelRule.Modulus"/>.</summary>
    HashMod,

    /// <summary>Copies labels whose name matches to the name that the replacement expands to.</summary>
    LabelMap,

    /// <summary>Removes labels whose name matches.</summary>
    LabelDrop,

    /// <summary>Removes labels whose name does not match.</summary>
    LabelKeep,

    /// <summary>Sets the target label to the source value in lower case.</summary>
    Lowercase,

    /// <summary>Sets the target label to the source value in upper case.</summary>
    Uppercase,
}

/// <summary>Names of actions as prometheus.yml writes them.</summary>
public static class RelabelActionNames
{
    /// <summary>The lower-case name: <c>replace</c>, <c>labelmap</c>.</summary>
    public static string NameOf(this RelabelAction action) => action switch
    {
        RelabelAction.Replace => "replace",
        RelabelAction.Keep => "keep",
        RelabelAction.Drop => "drop",
        RelabelAction.KeepEqual => "keepequal",
        RelabelAction.DropEqual => "dropequal",
        RelabelAction.HashMod => "hashmod",
        RelabelAction.LabelMap => "labelmap",
        RelabelAction.LabelDrop => "labeldrop",
        RelabelAction.LabelKeep => "labelkeep",
        RelabelAction.Lowercase => "lowercase",
        _ => "uppercase",
    };

    /// <summary>The action of a name in any case; false where there is none.</summary>
    public static bool TryParse(string name, out RelabelAction action)
    {
        foreach (RelabelAction candidate in Enum.GetValues<RelabelAction>())
        {
            if (string.Equals(candidate.NameOf(), name, StringComparison.OrdinalIgnoreCase))
            {
                action = candidate;
                return true;
            }
        }

        action = default;
        return false;
    }
}
