using System.Runtime.InteropServices;

namespace Pleiad.Node;

/// <summary>What the C library has for the runtime's own needs: its compiler takes some MB for every method, gives them back, and the library keeps them.</summary>
internal static partial class NativeHeap
{
    /// <summary>Gives free pages of all arenas back to the system, where the library is glibc; others do so by themselves.</summary>
    public static void Trim()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = Trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // musl has no such function.
        }
        catch (DllNotFoundException)
        {
            // Nor is its library known by this name.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint pad);
}
