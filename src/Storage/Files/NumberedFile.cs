using System.Globalization;

namespace Pleiad.Storage;

/// <summary>Names of files that are numbered one after the other: twelve digits and what kind it is, so that names sort as the numbers do.</summary>
internal static class NumberedFile
{
    /// <summary>The name of a file.</summary>
    public static string NameOf(long number, string suffix) => number.ToString("D12", CultureInfo.InvariantCulture) + suffix;

    /// <summary>The number in a file's name; false where it is none of that kind.</summary>
    public static bool TryNumberOf(string name, string suffix, out long number)
    {
        number = 0;
        return name.EndsWith(suffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, name.Length - suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
