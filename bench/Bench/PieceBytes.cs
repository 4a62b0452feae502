// dotnet run -c Release --project bench/Bench -- piece-bytes DATA/shards/0001/block-000000000001.blk 1
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Bench;

/// <summary>
/// Writes the chunks of floats of a block anew, packed and in whole bytes, and compresses them in pieces of several sizes at several qualities: bytes a sample of
/// the block, and how fast. The figures of docs/decisions/0028.
/// </summary>
internal static class PieceBytes
{
    private const int WindowBits = 22;
    private static readonly int[] s_qualities = [4, 5, 9, 11];
    private static readonly int[] s_pieces = [64, 128, 256];

    /// <summary>Tells bytes and speeds.</summary>
    /// <param name="file">The block, which is only read.</param>
    /// <param name="shard">Whose it is.</param>
    public static void Run(string file, int shard)
    {
        long number = long.Parse(Path.GetFileNameWithoutExtension(file)["block-".Length..], CultureInfo.InvariantCulture);
        using Block block = Block.Open(new DiskFiles(), file, shard, number);
        foreach (bool forCompression in (bool[])[false, true])
        {
            byte[] chunks = Encode(block, forCompression);
            Console.WriteLine($"{(forCompression ? "whole bytes, signed steps" : "packed, the smallest form")}: {Share(chunks.Length, block)}");
            foreach (int quality in s_qualities)
            {
                foreach (int kibibytes in s_pieces)
                {
                    Tell(chunks, quality, kibibytes * 1024, block);
                }
            }
        }
    }

    private static byte[] Encode(Block block, bool forCompression)
    {
        var series = new BlockSeriesReader(block);
        var encoder = new RunEncoder(forCompression);
        var written = new ByteWriter();
        var chunks = new List<BlockChunk>();
        using var samples = new SampleColumns();
        for (int i = 0; i < block.SeriesCount; i++)
        {
            samples.Clear();
            series.MoveTo(i);
            series.Read(TimeRange.All, samples);
            encoder.Encode(samples, written, chunks);
        }

        return written.Written.ToArray();
    }

    private static void Tell(byte[] chunks, int quality, int pieceBytes, Block block)
    {
        var packed = new List<byte[]>();
        var room = new byte[pieceBytes * 2];
        long begun = Stopwatch.GetTimestamp();
        for (int at = 0; at < chunks.Length; at += pieceBytes)
        {
            BrotliEncoder.TryCompress(chunks.AsSpan(at, Math.Min(pieceBytes, chunks.Length - at)), room, out int bytes, quality, WindowBits);
            packed.Add(room[..bytes]);
        }

        double compressing = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        begun = Stopwatch.GetTimestamp();
        foreach (byte[] piece in packed)
        {
            BrotliDecoder.TryDecompress(piece, room, out _);
        }

        double unpacking = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  quality {quality,2}, pieces of {pieceBytes / 1024,3} KiB: {Share(packed.Sum(static piece => (long)piece.Length), block)}, compressed at {chunks.Length / compressing / 1e6:F1} MB/s, unpacked at {chunks.Length / unpacking / 1e6:F0} MB/s = {block.Samples / unpacking / 1e6:F0} M samples/s"));
    }

    private static string Share(long bytes, Block block) => string.Create(CultureInfo.InvariantCulture, $"{bytes} B, {(double)bytes / block.Samples:F4} B a sample");
}
