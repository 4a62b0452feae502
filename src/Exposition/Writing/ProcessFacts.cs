using System.Diagnostics;

namespace Pleiad.Exposition;

/// <summary>What everybody who watches a process expects to find on its page; null for what this platform does not tell.</summary>
/// <param name="CpuSeconds">User and system time since the start.</param>
/// <param name="ResidentBytes">Memory in RAM.</param>
/// <param name="VirtualBytes">Address space.</param>
/// <param name="OpenFiles">File descriptors in use.</param>
/// <param name="OpenFilesMax">File descriptors allowed.</param>
/// <param name="StartSeconds">When it started, seconds since the epoch.</param>
public sealed record ProcessFacts(
    double CpuSeconds, double ResidentBytes, double VirtualBytes, double? OpenFiles, double? OpenFilesMax, double StartSeconds)
{
    /// <summary>The facts of this very process, now.</summary>
    public static ProcessFacts OfThisProcess()
    {
        using Process process = Process.GetCurrentProcess();
        return new ProcessFacts(
            process.TotalProcessorTime.TotalSeconds,
            process.WorkingSet64,
            process.VirtualMemorySize64,
            CountOpenFiles(),
            ReadOpenFilesMax(),
            new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0);
    }

    private static double? CountOpenFiles()
    {
        try
        {
            return Directory.GetFileSystemEntries("/proc/self/fd").Length;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // no Linux
        }
    }

    // proc(5): "Max open files            1024                 4096                 files", the soft limit first.
    private static double? ReadOpenFilesMax()
    {
        try
        {
            foreach (string line in File.ReadLines("/proc/self/limits"))
            {
                if (line.StartsWith("Max open files", StringComparison.Ordinal))
                {
                    string soft = line["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
                    return double.TryParse(soft, out double limit) ? limit : null;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // no Linux
        }

        return null;
    }
}
