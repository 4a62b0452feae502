namespace Pleiad.Storage;

/// <summary>How the values of a chunk of columns are written. The number is on disk: docs/formats/chunk.md, encodings 4 and 5.</summary>
internal enum ColumnValueForm : byte
{
    /// <summary>One value for all.</summary>
    Constant = 0,

    /// <summary>Integers over a power of ten.</summary>
    Decimal = 1,

    /// <summary>Integers times the double nearest to one over a power of ten. Encoding 5.</summary>
    Product = 2,

    /// <summary>Integers over a thousand and again over a thousand. Encoding 5.</summary>
    Thousandths = 3,

    /// <summary>Integers over a power of two. Encoding 5.</summary>
    Binary = 4,

    /// <summary>Integers over a power of ten, and units in the last place that each is off. Encoding 5.</summary>
    Corrected = 5,
}
