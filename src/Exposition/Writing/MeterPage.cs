using System.Buffers;
using System.Diagnostics.Metrics;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>
/// Our own page: listens to <see cref="Meter"/>s and writes what they said as text or OpenMetrics, with the <c>process_…</c> series
/// that everybody who watches a process expects. Any thread may ask for the page.
/// </summary>
public sealed class MeterPage : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Func<Meter, bool> _wanted;
    private readonly Func<ProcessFacts> _process;
    private readonly SortedDictionary<string, InstrumentSeries> _families = new(StringComparer.Ordinal);
    private readonly Lock _writing = new();

    /// <summary>Starts listening.</summary>
    /// <param name="wanted">Which meters to tell of; null for ours (<c>pleiad…</c>) and .NET's runtime (<c>System.Runtime</c>).</param>
    /// <param name="process">Null for this process.</param>
    public MeterPage(Func<Meter, bool>? wanted = null, Func<ProcessFacts>? process = null)
    {
        _wanted = wanted ?? (meter => meter.Name.StartsWith("pleiad", StringComparison.OrdinalIgnoreCase) || meter.Name == "System.Runtime");
        _process = process ?? ProcessFacts.OfThisProcess;
        _listener.InstrumentPublished = Enable;
        Listen<byte>(value => value);
        Listen<short>(value => value);
        Listen<int>(value => value);
        Listen<long>(value => value);
        Listen<float>(value => value);
        Listen<double>(value => value);
        Listen<decimal>(value => (double)value);
        _listener.Start();
    }

    /// <summary>The Content-Type of a page of this format.</summary>
    public static string ContentTypeOf(PageFormat format) => format == PageFormat.OpenMetrics
        ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
        : "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The format that an Accept header asks for: OpenMetrics where it is named, else text.</summary>
    public static PageFormat FormatFor(string? accept) =>
        accept is not null && accept.Contains(ContentType.OpenMetrics, StringComparison.OrdinalIgnoreCase) ? PageFormat.OpenMetrics : PageFormat.Text;

    /// <summary>Writes the page as of now.</summary>
    /// <param name="output">Where the bytes go.</param>
    /// <param name="format"><see cref="PageFormat.Text"/> or <see cref="PageFormat.OpenMetrics"/>.</param>
    public void Write(IBufferWriter<byte> output, PageFormat format)
    {
        var writer = new PageWriter(output, format);
        bool openMetrics = format == PageFormat.OpenMetrics;
        lock (_writing)
        {
            InstrumentSeries[] families;
            lock (_families)
            {
                families = [.. _families.Values];
            }

            foreach (InstrumentSeries family in families)
            {
                family.ForgetObserved();
            }

            _listener.RecordObservableInstruments();
            foreach (InstrumentSeries family in families)
            {
                family.Write(writer, openMetrics);
            }
        }

        WriteProcess(writer, openMetrics);
        writer.End();
    }

    /// <summary>Stops listening.</summary>
    public void Dispose() => _listener.Dispose();

    private void Enable(Instrument instrument, MeterListener listener)
    {
        if (!_wanted(instrument.Meter))
        {
            return;
        }

        var series = new InstrumentSeries(instrument);
        lock (_families)
        {
            // The same instrument made twice (two hosts in one process, as in tests) is told once.
            if (!_families.TryAdd(series.Family, series))
            {
                series = _families[series.Family];
            }
        }

        listener.EnableMeasurementEvents(instrument, series);
    }

    private void Listen<T>(Func<T, double> convert)
        where T : struct =>
        _listener.SetMeasurementEventCallback<T>((_, value, tags, state) => ((InstrumentSeries)state!).Record(convert(value), tags));

    private void WriteProcess(PageWriter writer, bool openMetrics)
    {
        ProcessFacts facts = _process();
        string cpu = openMetrics ? "process_cpu_seconds" : "process_cpu_seconds_total";
        writer.Help(cpu, "Total user and system CPU time spent in seconds.");
        writer.Type(cpu, MetricType.Counter);
        writer.Sample("process_cpu_seconds_total", [], facts.CpuSeconds);
        WriteGauge(writer, "process_max_fds", "Maximum number of open file descriptors.", facts.OpenFilesMax);
        WriteGauge(writer, "process_open_fds", "Number of open file descriptors.", facts.OpenFiles);
        WriteGauge(writer, "process_resident_memory_bytes", "Resident memory size in bytes.", facts.ResidentBytes);
        WriteGauge(writer, "process_start_time_seconds", "Start time of the process since unix epoch in seconds.", facts.StartSeconds);
        WriteGauge(writer, "process_virtual_memory_bytes", "Virtual memory size in bytes.", facts.VirtualBytes);
    }

    private static void WriteGauge(PageWriter writer, string name, string help, double? value)
    {
        if (value is { } known)
        {
            writer.Help(name, help);
            writer.Type(name, MetricType.Gauge);
            writer.Sample(name, [], known);
        }
    }
}
