using System.Text;

namespace Pleiad.Model;

/// <summary>The 64-bit hash of a label set, the same in every process and version: series are routed by it.</summary>
/// <remarks>xxHash64 (seed 0) over <c>name 0xFF value 0xFF</c> in UTF-8 for each label in order; 0xFF occurs in no UTF-8 text.</remarks>
public static class LabelsHash
{
    private const byte Separator = 0xFF;
    private const int OnStackMax = 1024;

    /// <summary>The hash of all labels.</summary>
    public static ulong Of(Labels labels) => Of(labels, []);

    /// <summary>The hash of the labels without some names.</summary>
    public static ulong Without(Labels labels, params ReadOnlySpan<string> names) => Of(labels, names);

    /// <summary>The hash of one value, as <see cref="ShardMap"/> uses it.</summary>
    public static ulong Of(string value)
    {
        int bytesMax = Encoding.UTF8.GetMaxByteCount(value.Length);
        Span<byte> bytes = bytesMax <= OnStackMax ? stackalloc byte[OnStackMax] : new byte[bytesMax];
        return XxHash64.Of(bytes[..Encoding.UTF8.GetBytes(value, bytes)]);
    }

    private static ulong Of(Labels labels, ReadOnlySpan<string> left)
    {
        int bytesMax = 0;
        foreach (Label label in labels)
        {
            bytesMax += Encoding.UTF8.GetMaxByteCount(label.Name.Length) + Encoding.UTF8.GetMaxByteCount(label.Value.Length) + 2;
        }

        Span<byte> bytes = bytesMax <= OnStackMax ? stackalloc byte[OnStackMax] : new byte[bytesMax];
        int length = 0;
        foreach (Label label in labels)
        {
            if (left.Contains(label.Name))
            {
                continue;
            }

            length += Encoding.UTF8.GetBytes(label.Name, bytes[length..]);
            bytes[length++] = Separator;
            length += Encoding.UTF8.GetBytes(label.Value, bytes[length..]);
            bytes[length++] = Separator;
        }

        return XxHash64.Of(bytes[..length]);
    }
}
