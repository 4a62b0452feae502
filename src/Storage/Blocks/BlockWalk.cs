using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Walks a block series by series, in the order of their labels.</summary>
internal sealed class BlockWalk
{
    private int _series = -1;

    /// <summary>Stands on the first series.</summary>
    public BlockWalk(Block block, TombstoneList tombstones)
    {
        Reader = new BlockSeriesReader(block, block.DeletedBy(tombstones, CancellationToken.None));
        MoveNext();
    }

    /// <summary>Reads the series it stands on, without what is deleted.</summary>
    public BlockSeriesReader Reader { get; }

    /// <summary>The labels of the series it stands on; null behind the last.</summary>
    public Labels? Labels { get; private set; }

    /// <summary>Goes to the next series.</summary>
    public void MoveNext()
    {
        _series++;
        Labels = null;
        if (_series < Reader.Block.SeriesCount)
        {
            Reader.MoveTo(_series);
            Labels = Reader.Labels();
        }
    }
}
