using System.Globalization;
using BenchmarkDotNet.Running;
using Pleiad.Bench;

if (args is ["series-memory", ..])
{
    SeriesMemory.Run(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1_000_000);
}
else if (args is ["chunk-bytes", var file, ..])
{
    ChunkBytes.Run(file, args.Length > 2 ? args[2] : null);
}
else if (args is ["block-bytes", var block, ..])
{
    BlockBytes.Run(block, args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 1);
}
else if (args is ["piece-bytes", var compressed, ..])
{
    PieceBytes.Run(compressed, args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 1);
}
else if (args is ["rollups", ..])
{
    await RollupFigures.RunAsync(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 40);
}
else
{
    BenchmarkSwitcher.FromAssembly(typeof(SeriesMemory).Assembly).Run(args);
}
