using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pleiad.Gateway;

/// <summary>Text that stands in JSON as it is: printable ASCII without what has to be escaped. Almost all labels are such.</summary>
internal static class PlainText
{
    // As JsonText escapes them.
    private const string Escaped = "\"\\<>&";

    /// <summary>Copies a text as bytes, eight characters at a time.</summary>
    /// <param name="text">Any.</param>
    /// <param name="to">At least as long; its content is undefined where the answer is false.</param>
    /// <returns>False where some character is not plain.</returns>
    public static bool TryCopy(ReadOnlySpan<char> text, Span<byte> to)
    {
        ReadOnlySpan<ushort> units = MemoryMarshal.Cast<char, ushort>(text);
        to = to[..units.Length];
        if (units.Length < Vector128<ushort>.Count)
        {
            for (int i = 0; i < units.Length; i++)
            {
                if (!IsPlain(text[i]))
                {
                    return false;
                }

                to[i] = (byte)text[i];
            }

            return true;
        }

        ref ushort from = ref MemoryMarshal.GetReference(units);
        ref byte into = ref MemoryMarshal.GetReference(to);
        nuint last = (nuint)(units.Length - Vector128<ushort>.Count);
        Vector128<ushort> odd = Vector128<ushort>.Zero;

        // The last eight may overlap those before them.
        for (nuint at = 0; ; at = at + (nuint)Vector128<ushort>.Count < last ? at + (nuint)Vector128<ushort>.Count : last)
        {
            Vector128<ushort> eight = Vector128.LoadUnsafe(ref from, at);
            odd |= Odd(eight);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref into, at), Vector128.Narrow(eight, eight).AsUInt64().ToScalar());
            if (at == last)
            {
                return odd == Vector128<ushort>.Zero;
            }
        }
    }

    private static bool IsPlain(char one) => one is >= ' ' and <= '~' && !Escaped.Contains(one, StringComparison.Ordinal);

    private static Vector128<ushort> Odd(Vector128<ushort> units) =>
        Vector128.GreaterThan(units - Vector128.Create((ushort)' '), Vector128.Create((ushort)('~' - ' ')))
        | Vector128.Equals(units, Vector128.Create((ushort)'"'))
        | Vector128.Equals(units, Vector128.Create((ushort)'\\'))
        | Vector128.Equals(units, Vector128.Create((ushort)'<'))
        | Vector128.Equals(units, Vector128.Create((ushort)'>'))
        | Vector128.Equals(units, Vector128.Create((ushort)'&'));
}
