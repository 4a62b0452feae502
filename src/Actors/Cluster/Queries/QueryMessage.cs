namespace Pleiad.Actors;

/// <summary>The messages of queries between nodes. docs/formats/transport.md, docs/formats/node-messages.proto.</summary>
internal static class QueryMessage
{
    /// <summary>A question: begin to read something; the answer is its first part.</summary>
    public const ushort Begin = NodeMessages.QueryFrom;

    /// <summary>A question: the next part of what was begun.</summary>
    public const ushort Next = NodeMessages.QueryFrom + 1;

    /// <summary>A message: nothing more of this query is wanted, whatever of it still runs.</summary>
    public const ushort End = NodeMessages.QueryFrom + 2;

    /// <summary>The answer to the two questions.</summary>
    public const ushort Part = NodeMessages.QueryFrom + 3;

    /// <summary>A question: which queries do you answer? Its answer is a <see cref="Listed"/>.</summary>
    public const ushort List = NodeMessages.QueryFrom + 4;

    /// <summary>The answer to it.</summary>
    public const ushort Listed = NodeMessages.QueryFrom + 5;

    /// <summary>A question: end that query. Its answer is a <see cref="Canceled"/>.</summary>
    public const ushort Cancel = NodeMessages.QueryFrom + 6;

    /// <summary>The answer to it.</summary>
    public const ushort Canceled = NodeMessages.QueryFrom + 7;

    /// <summary>Bytes of a part at most, so that the message around it stays under 1 MiB.</summary>
    public const int PartBytesMax = 1_000_000;

    /// <summary>Bytes of what is asked at most.</summary>
    public const int BeginBytesMax = 1_000_000;
}

/// <summary>What is read; the number of its field in a begin.</summary>
internal enum ReadKind
{
    /// <summary>A fragment of a plan is evaluated; one answer a shard.</summary>
    Fragment = 10,

    /// <summary>Series with their samples, or their labels alone.</summary>
    Series = 11,

    /// <summary>Label names.</summary>
    LabelNames = 12,

    /// <summary>Values of a label.</summary>
    LabelValues = 13,

    /// <summary>Exemplars.</summary>
    Exemplars = 14,

    /// <summary>What costs most in the head.</summary>
    Cardinality = 15,

    /// <summary>The targets that the node scrapes, whatever shards are named.</summary>
    Targets = 16,

    /// <summary>What they say of their metric families.</summary>
    Metadata = 17,

    /// <summary>Nothing: the headers of the shards, once they are applied as far as is asked.</summary>
    Reached = 18,
}

/// <summary>A record of a stream; the number of its only field.</summary>
internal enum RecordKind
{
    /// <summary>What follows is of this shard.</summary>
    Shard = 1,

    /// <summary>Of the answer to a fragment.</summary>
    Answer = 2,

    /// <summary>A series.</summary>
    Series = 3,

    /// <summary>A text.</summary>
    Text = 4,

    /// <summary>An exemplar of a series.</summary>
    Exemplar = 5,

    /// <summary>Figures of a head.</summary>
    Cardinality = 6,

    /// <summary>A target.</summary>
    Target = 7,

    /// <summary>What a target says of its metric families.</summary>
    Metadata = 8,
}
