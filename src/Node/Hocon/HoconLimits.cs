namespace Pleiad.Node;

/// <summary>How much a HOCON document may be. Configuration is trusted, but a mistake must not end the process.</summary>
internal static class HoconLimits
{
    /// <summary>Characters of one file.</summary>
    public const int CharsMax = 1 << 20;

    /// <summary>Objects and arrays inside each other.</summary>
    public const int DepthMax = 64;

    /// <summary>Files that include each other.</summary>
    public const int IncludeDepthMax = 20;

    /// <summary>Files read for one document.</summary>
    public const int FilesMax = 200;

    /// <summary>Values looked at while substitutions are resolved; substitutions of substitutions multiply.</summary>
    public const int StepsMax = 200_000;

    /// <summary>Characters of a string that concatenation makes.</summary>
    public const int StringCharsMax = 1 << 16;

    /// <summary>Substitutions that lead to each other.</summary>
    public const int ReferenceDepthMax = 100;
}
