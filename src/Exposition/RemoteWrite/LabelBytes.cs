using System.Buffers.Binary;
using System.Text;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>The labels of one series as the bytes a cache compares: names and values in turn, each behind its length.</summary>
internal sealed class LabelBytes
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private byte[] _bytes = new byte[512];
    private int _length;

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

    public void Clear() => _length = 0;

    public void Append(ReadOnlySpan<byte> text)
    {
        int needed = _length + sizeof(int) + text.Length;
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));
        }

        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_length), text.Length);
        text.CopyTo(_bytes.AsSpan(_length + sizeof(int)));
        _length = needed;
    }

    /// <summary>The labels.</summary>
    /// <returns>Null, or what is wrong with them.</returns>
    public string? TryMake(out Labels labels) => TryMake(Span, out labels);

    /// <summary>The labels of bytes as they are gathered here.</summary>
    /// <returns>Null, or what is wrong with them.</returns>
    public static string? TryMake(ReadOnlySpan<byte> bytes, out Labels labels)
    {
        var builder = new LabelsBuilder();
        labels = Labels.Empty;
        ReadOnlySpan<byte> left = bytes;
        try
        {
            while (!left.IsEmpty)
            {
                string name = Take(ref left);
                string value = Take(ref left);
                if (!LabelName.IsValid(name))
                {
                    return $"invalid metric name or labels, got an invalid label name {QuotedText.Of(name)}";
                }

                if (builder.Has(name))
                {
                    return $"invalid labels for series, duplicated label {name}";
                }

                builder.Set(name, value);
            }
        }
        catch (DecoderFallbackException)
        {
            return "invalid metric name or labels, got bytes that are not UTF-8";
        }

        labels = builder.ToLabels();
        return null;
    }

    /// <summary>Text that must be UTF-8.</summary>
    /// <exception cref="DecoderFallbackException">It is not.</exception>
    public static string TextOf(ReadOnlySpan<byte> bytes) => s_strict.GetString(bytes);

    private static string Take(ref ReadOnlySpan<byte> bytes)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        string text = TextOf(bytes.Slice(sizeof(int), length));
        bytes = bytes[(sizeof(int) + length)..];
        return text;
    }
}
