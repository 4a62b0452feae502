using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Pleiad.Kernel.Tests;

public sealed class ActorPathTests
{
    [Fact]
    public void Equal_names_up_to_the_root_make_equal_paths()
    {
        ActorPath one = ActorPath.Root("s").Child("a").Child("b");
        ActorPath same = ActorPath.Root("s").Child("a").Child("b");

        Assert.Equal(one, same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(one, ActorPath.Root("s").Child("b").Child("b"));
        Assert.NotEqual(one, ActorPath.Root("t").Child("a").Child("b"));
        Assert.NotEqual(one, one.Parent);
        Assert.Equal("pleiad://s/a/b", one.ToString());
    }

    [Theory, InlineData(""), InlineData("a/b"), InlineData("a b"), InlineData("ä")]
    public void Names_that_would_need_escaping_are_refused(string name) =>
        Assert.Throws<InvalidActorNameException>(() => ActorPath.Root("s").Child(name));

    [Fact]
    public void Names_and_depth_are_limited()
    {
        Assert.Equal(ActorPath.NameLengthMax, ActorPath.Root("s").Child(new string('a', ActorPath.NameLengthMax)).Name.Length);
        Assert.Throws<InvalidActorNameException>(() => ActorPath.Root("s").Child(new string('a', ActorPath.NameLengthMax + 1)));

        ActorPath deepest = Enumerable.Range(0, ActorPath.DepthMax).Aggregate(ActorPath.Root("s"), (path, _) => path.Child("a"));
        Assert.Throws<InvalidActorNameException>(() => deepest.Child("a"));
    }

    [Fact]
    public void Escaped_text_is_a_name_and_tells_texts_apart() =>
        Prop.ForAll<string, string>((a, b) =>
        {
            string left = ActorPath.Escape(a ?? "");
            string right = ActorPath.Escape(b ?? "");
            bool isName = left.Length is 0 or > ActorPath.NameLengthMax || ActorPath.Root("s").Child(left).Name == left;
            return isName && (left == right) == ((a ?? "") == (b ?? ""));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Text_is_escaped_as_its_bytes()
    {
        Assert.Equal("127.0.0.1:9100", ActorPath.Escape("127.0.0.1:9100"));
        Assert.Equal("a%2Fb%20%C3%A4%F0%9F%98%80%25", ActorPath.Escape("a/b ä😀%"));
    }
}
