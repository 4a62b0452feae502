using System.Globalization;
using System.Runtime.InteropServices;

namespace Pleiad.PromQL.Tests;

/// <summary>Processor time of one thread, as Linux counts it: what other threads and a loaded machine do is not in it.</summary>
internal sealed partial class ThreadProcessorTime
{
    private readonly string _file = $"/proc/self/task/{CurrentThread().ToString(CultureInfo.InvariantCulture)}/schedstat";

    /// <summary>Of the thread that made this, so far; it has to be alive.</summary>
    public TimeSpan Used => TimeSpan.FromMilliseconds(long.Parse(File.ReadAllText(_file).Split(' ')[0], CultureInfo.InvariantCulture) / 1e6);

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int CurrentThread();
}
