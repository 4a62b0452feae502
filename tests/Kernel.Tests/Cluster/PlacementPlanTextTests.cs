using System.Text;

namespace Pleiad.Kernel.Tests;

public sealed class PlacementPlanTextTests
{
    [Fact]
    public void A_plan_comes_back_as_it_was_written()
    {
        PlacementPlan plan = new([new ShardReplicas("node a", ["b", "c"]), ShardReplicas.None, new ShardReplicas("b", [])]);
        ReadOnlyMemory<byte> text = PlacementPlanText.Write(plan);
        Assert.Equal("pleiad placement 1\nnode a\tb\tc\n\nb\n", Encoding.UTF8.GetString(text.Span));
        Assert.Equal(plan, PlacementPlanText.Read(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("pleiad placement 2\na\n")]
    [InlineData("pleiad placement 1\na")]
    public void What_is_no_plan_is_refused(string text) =>
        Assert.Throws<FormatException>(() => PlacementPlanText.Read(Encoding.UTF8.GetBytes(text)));
}
