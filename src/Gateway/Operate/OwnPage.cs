using System.Buffers;
using Pleiad.Exposition;

namespace Pleiad.Gateway;

/// <summary>The page of <c>/metrics</c>: everything the meters of this process say. Make it before what it is to tell of.</summary>
public sealed class OwnPage : IOwnPage, IDisposable
{
    private readonly MeterPage _page = new();

    /// <inheritdoc/>
    public string Write(string accept, IBufferWriter<byte> to)
    {
        PageFormat format = MeterPage.FormatFor(accept);
        _page.Write(to, format);
        return MeterPage.ContentTypeOf(format);
    }

    /// <inheritdoc/>
    public void Dispose() => _page.Dispose();
}
