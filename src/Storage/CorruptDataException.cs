namespace Pleiad.Storage;

/// <summary>Bytes of ours that are not what was written: which file, where, what.</summary>
public sealed class CorruptDataException(string file, long offset, string what)
    : IOException($"{file}, byte {offset}: {what}")
{
    /// <summary>The file.</summary>
    public string File { get; } = file;

    /// <summary>Where in it.</summary>
    public long Offset { get; } = offset;

    /// <summary>What is wrong.</summary>
    public string What { get; } = what;
}
