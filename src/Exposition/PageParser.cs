namespace Pleiad.Exposition;

/// <summary>The one door: bytes of a page go in, samples come out at the sink.</summary>
public static class PageParser
{
    /// <summary>Reads a page. After an exception nothing of the page counts: call <see cref="PageMemory.Abort"/>, else <see cref="PageMemory.Commit"/>.</summary>
    /// <param name="page">The whole page, decompressed.</param>
    /// <param name="format">From <see cref="ContentType.Choose"/>.</param>
    /// <param name="options">How to read.</param>
    /// <param name="memory">What is known from the last page of the same target and format; an empty one will do.</param>
    /// <param name="sink">Takes the samples.</param>
    /// <exception cref="PageSyntaxException">The page is broken; earlier samples were pushed already.</exception>
    /// <exception cref="PageLimitException">The page is beyond a limit.</exception>
    public static void Parse<TSink>(ReadOnlySpan<byte> page, PageFormat format, PageOptions options, PageMemory memory, ref TSink sink)
        where TSink : struct, IPageSink
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(memory);
        memory.Begin(format, options.Limits);
        if (format == PageFormat.Protobuf)
        {
            ProtobufParser.Parse(page, options, memory, ref sink);
        }
        else if (options.ConvertClassicHistograms)
        {
            var converter = new ClassicHistogramSink<TSink>(options, memory, ref sink);
            ParseText(page, format, options, memory, ref converter);
            converter.Finish();
        }
        else
        {
            ParseText(page, format, options, memory, ref sink);
        }
    }

    private static void ParseText<TSink>(ReadOnlySpan<byte> page, PageFormat format, PageOptions options, PageMemory memory, ref TSink sink)
        where TSink : struct, IPageSink, allows ref struct
    {
        if (format == PageFormat.OpenMetrics)
        {
            OpenMetricsParser.Parse(page, options, memory, ref sink);
        }
        else
        {
            TextParser.Parse(page, options, memory, ref sink);
        }
    }
}
