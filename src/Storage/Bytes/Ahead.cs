using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Pleiad.Storage;

/// <summary>Asks the processor for memory that a loop over rows will touch in a moment. A hint: nothing depends on it.</summary>
/// <remarks>The keys, slots and open chunks of some hundred thousand series are in no cache when the next batch of their target comes.</remarks>
internal static class Ahead
{
    /// <summary>Rows between the one at hand and the one whose memory is asked for: about as long as memory takes to answer.</summary>
    public const int Rows = 8;

    /// <summary>The first fields of an object.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Fetch(object target)
    {
        if (Sse.IsSupported)
        {
            // Where the object is now; should the collector move it before the processor gets there, the hint was for nothing.
            Sse.Prefetch0(Unsafe.As<object, IntPtr>(ref target).ToPointer());
        }
    }

    /// <summary>The line of a byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Fetch(ref readonly byte target)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in target)));
        }
    }
}
