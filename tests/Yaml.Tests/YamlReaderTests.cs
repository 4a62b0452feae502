namespace Pleiad.Yaml.Tests;

public sealed class YamlReaderTests
{
    [Fact]
    public void Nodes_say_where_they_begin()
    {
        var root = (YamlMapping)YamlReader.Read("# none\ngroups:\n  - name: yolo\n    rules:\n      - expr: \"1\"\n", out _)!;
        Assert.Equal((2, 1), PlaceOf(root));
        Assert.Equal((2, 1), PlaceOf(root.Entries[0].Key));
        var groups = (YamlSequence)root.Entries[0].Value;
        var group = (YamlMapping)groups.Items[0];
        Assert.Equal((3, 3), PlaceOf(groups));
        Assert.Equal((3, 5), PlaceOf(group));
        Assert.Equal((3, 11), PlaceOf(group.Entries[0].Value));
        var rule = (YamlMapping)((YamlSequence)group.Entries[1].Value).Items[0];
        Assert.Equal((5, 15), PlaceOf(rule.Entries[0].Value));
    }

    [Fact]
    public void An_alias_is_the_node_of_its_anchor()
    {
        var root = (YamlSequence)YamlReader.Read("- &x {a: 1}\n- *x\n", out _)!;
        Assert.Same(root.Items[0], root.Items[1]);
    }

    [Fact]
    public void Aliases_have_a_limit()
    {
        Assert.NotNull(YamlReader.Read(Aliases(YamlReader.AliasesMax), out _));
        var refused = Assert.Throws<YamlSyntaxException>(() => YamlReader.Read(Aliases(YamlReader.AliasesMax + 1), out _));
        Assert.Contains("excessive aliasing", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_have_a_limit()
    {
        // The sequence is a node too.
        Assert.NotNull(YamlReader.Read(Items(YamlReader.NodesMax - 1), out _));
        var refused = Assert.Throws<YamlSyntaxException>(() => YamlReader.Read(Items(YamlReader.NodesMax), out _));
        Assert.Contains("more than 500000 nodes", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_yaml_is_refused_with_its_line()
    {
        var refused = Assert.Throws<YamlSyntaxException>(() => YamlReader.Read("a: 1\nb: [1\n", out _));
        Assert.True(refused.Line > 1, refused.Message);
        Assert.StartsWith($"yaml: line {refused.Line}: ", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: 1", false)]
    [InlineData("a: 1\n---\nb: 2", true)]
    public void More_documents_are_said_not_read(string text, bool more)
    {
        Assert.Single(((YamlMapping)YamlReader.Read(text, out bool seen)!).Entries);
        Assert.Equal(more, seen);
    }

    private static string Aliases(int count) => "- &x 1\n" + string.Concat(Enumerable.Repeat("- *x\n", count));

    private static string Items(int count) => string.Concat(Enumerable.Repeat("- 1\n", count));

    private static (int Line, int Column) PlaceOf(YamlNode node) => (node.Line, node.Column);
}
