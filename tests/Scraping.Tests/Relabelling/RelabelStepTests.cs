using Pleiad.Model;

namespace Pleiad.Scraping.Tests;

public sealed class RelabelStepTests
{
    private static readonly RelabelRule[] Rules =
    [
        new() { SourceLabels = ["a"], TargetLabel = "b" },
        new() { SourceLabels = ["b"], Regex = AnchoredRegex.Compile("x"), Action = RelabelAction.Drop },
        new() { Regex = AnchoredRegex.Compile("a"), Action = RelabelAction.LabelDrop },
    ];

    [Fact]
    public void Steps_say_what_each_rule_made_of_the_labels()
    {
        RelabelStep[] steps = [.. new Relabeller(Rules).Steps(Labels.From(("a", "y")))];
        Assert.Equal(Rules, steps.Select(step => step.Rule));
        Assert.Equal([Labels.From(("a", "y"), ("b", "y")), Labels.From(("a", "y"), ("b", "y")), Labels.From(("b", "y"))], steps.Select(step => step.Labels));
        Assert.All(steps, step => Assert.True(step.Kept));
    }

    [Fact]
    public void Steps_end_with_the_rule_that_drops()
    {
        RelabelStep[] steps = [.. new Relabeller(Rules).Steps(Labels.From(("a", "x")))];
        Assert.Equal([true, false], steps.Select(step => step.Kept));
        Assert.Equal(Labels.Empty, steps[1].Labels);
    }
}
