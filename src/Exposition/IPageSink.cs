using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>
/// What a page is pushed into. Implement it as a struct: the parsers are compiled for each sink, so that a push is no call.
/// Spans are valid during the push only.
/// </summary>
public interface IPageSink
{
    /// <summary>
    /// Whether <see cref="Type"/>, <see cref="Help"/>, <see cref="Unit"/> and <see cref="Comment"/> are wanted.
    /// Lines known from the last page are then read again instead of skipped; <see cref="PageMemory.ReadMetadata"/> is the cheaper way.
    /// </summary>
    static abstract bool WantsMetadata { get; }

    /// <summary>A TYPE line.</summary>
    void Type(ReadOnlySpan<byte> family, MetricType type);

    /// <summary>A HELP line, text unescaped.</summary>
    void Help(ReadOnlySpan<byte> family, string help);

    /// <summary>A UNIT line.</summary>
    void Unit(ReadOnlySpan<byte> family, string unit);

    /// <summary>Another comment, the number sign included.</summary>
    void Comment(ReadOnlySpan<byte> text);

    /// <summary>A sample: a number or a native histogram. Throw to give the page up.</summary>
    void Sample(scoped in PageSample sample);
}
