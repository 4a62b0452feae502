namespace Pleiad.Kernel;

/// <summary>What an append says of one run.</summary>
public enum JournalVerdict
{
    /// <summary>It is durable.</summary>
    Committed,

    /// <summary>This append did not write it: another owner, or a number out of sequence. An earlier, indeterminate append of the same run may have.</summary>
    NotAppended,

    /// <summary>The answer was lost, or cannot be trusted: it is durable, or not, or will be.</summary>
    Indeterminate,
}

/// <summary>What became of a run, read from the journal itself.</summary>
public enum JournalSettlement
{
    /// <summary>It is durable.</summary>
    Committed,

    /// <summary>It is not there and its writer still holds the shard: append it again. A late arrival of the first append is then refused.</summary>
    NotCommitted,

    /// <summary>It is not there and never will be: the shard has another owner.</summary>
    Fenced,

    /// <summary>The store has lost records it had acknowledged. The writer takes a new epoch and appends them again from its spool.</summary>
    Regressed,
}
