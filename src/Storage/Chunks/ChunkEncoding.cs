namespace Pleiad.Storage;

/// <summary>How the samples of a chunk are written. The number is on disk and never reused; docs/formats/chunk.md draws the bytes.</summary>
internal enum ChunkEncoding : byte
{
    /// <summary>No chunk.</summary>
    None = 0,

    /// <summary>Floats: delta of delta and XOR.</summary>
    Gorilla = 1,

    /// <summary>Floats with start timestamps: as <see cref="Gorilla"/>, after each sample its start.</summary>
    GorillaStart = 2,

    /// <summary>Native histograms, one after the other.</summary>
    Histogram = 3,

    /// <summary>Floats as a column of times and a column of values; only of sealed chunks.</summary>
    Columns = 4,

    /// <summary>As <see cref="Columns"/>, with values that programs have multiplied, divided or added up, or that are no decimals; only of sealed chunks.</summary>
    ScaledColumns = 5,
}
