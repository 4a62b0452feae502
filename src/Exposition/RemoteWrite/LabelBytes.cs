using System.Buffers.Binary;
using System.Text;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>The labels of one series as the bytes a cache compares: names and values in turn, each behind its length.</summary>
/// <param name="texts">Where their texts come from.</param>
internal sealed class LabelBytes(LabelTexts texts)
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly LabelsBuilder _builder = new();
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
    public string? TryMake(out Labels labels)
    {
        _builder.Clear();
        return TryMake(Span, texts, _builder, out labels);
    }

    /// <summary>The labels of bytes as they were gathered here, and found right.</summary>
    public static Labels Make(ReadOnlySpan<byte> bytes)
    {
        string? fault = TryMake(bytes, null, new LabelsBuilder(), out Labels labels);
        return fault is null ? labels : throw new InvalidOperationException($"labels that were made before are wrong now: {fault}");
    }

    /// <summary>Text that must be UTF-8.</summary>
    /// <exception cref="DecoderFallbackException">It is not.</exception>
    public static string TextOf(ReadOnlySpan<byte> bytes) => s_strict.GetString(bytes);

    private static string? TryMake(ReadOnlySpan<byte> bytes, LabelTexts? texts, LabelsBuilder builder, out Labels labels)
    {
        labels = Labels.Empty;
        ReadOnlySpan<byte> left = bytes;
        try
        {
            while (!left.IsEmpty)
            {
                string name = Take(ref left, texts);
                string value = Take(ref left, texts);
                if (!LabelName.IsValid(name))
                {
                    return $"invalid metric name or labels, got an invalid label name {QuotedText.Of(name)}";
                }

                if (!builder.TryAdd(name, value))
                {
                    return $"invalid labels for series, duplicated label {name}";
                }
            }
        }
        catch (DecoderFallbackException)
        {
            return "invalid metric name or labels, got bytes that are not UTF-8";
        }

        labels = builder.ToLabels();
        return null;
    }

    private static string Take(ref ReadOnlySpan<byte> bytes, LabelTexts? texts)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        ReadOnlySpan<byte> text = bytes.Slice(sizeof(int), length);
        bytes = bytes[(sizeof(int) + length)..];
        return texts?.Of(text) ?? TextOf(text);
    }
}
