using System.CommandLine;

namespace Pleiad.Node;

/// <summary>The flags of <see cref="FlagTable"/> as options of a command, and what was given on a command line.</summary>
internal sealed class RunFlags
{
    private readonly List<(Flag Flag, Option<string[]> Option, Option<bool>? Negation)> _options = [];

    /// <summary>Adds every flag to a command.</summary>
    public RunFlags(Command command)
    {
        foreach (Flag flag in FlagTable.All)
        {
            var option = new Option<string[]>("--" + flag.Name)
            {
                Description = flag.Help,
                Arity = flag.Kind == FlagKind.Switch ? ArgumentArity.ZeroOrMore : ArgumentArity.OneOrMore,
                AllowMultipleArgumentsPerToken = false,
                HelpName = flag.Kind == FlagKind.Switch ? "true|false" : "VALUE",
                Hidden = flag.Hidden,
            };
            if (flag.Alias is not null)
            {
                option.Aliases.Add("--" + flag.Alias);
            }

            command.Options.Add(option);
            Option<bool>? negation = null;
            if (flag.Kind == FlagKind.Switch)
            {
                negation = new Option<bool>("--no-" + flag.Name) { Hidden = true };
                command.Options.Add(negation);
            }

            _options.Add((flag, option, negation));
        }
    }

    /// <summary>The path given with <c>--conf</c>, or null.</summary>
    public string? ConfPath(ParseResult result) => Given(result, "conf") is { Count: > 0 } values ? values[^1] : null;

    /// <summary>Settings with the flags given on top.</summary>
    /// <exception cref="UsageException">A value is not what the flag takes.</exception>
    public NodeSettings Over(NodeSettings settings, ParseResult result)
    {
        foreach ((Flag flag, _, _) in _options)
        {
            IReadOnlyList<string> values = Given(result, flag.Name);
            if (values.Count == 0 || flag.Apply is null)
            {
                continue;
            }

            try
            {
                settings = flag.Apply(settings, values);
            }
            catch (FormatException e)
            {
                throw new UsageException($"--{flag.Name}: {e.Message}");
            }
        }

        return settings;
    }

    /// <summary>The flags that were given although they do nothing here.</summary>
    public IEnumerable<Flag> GivenWithoutEffect(ParseResult result) =>
        _options.Where(entry => entry.Flag.Apply is null && Given(result, entry.Flag.Name).Count > 0).Select(entry => entry.Flag);

    private List<string> Given(ParseResult result, string name)
    {
        (Flag flag, Option<string[]> option, Option<bool>? negation) = _options.First(entry => entry.Flag.Name == name);
        List<string> values = [.. result.GetValue(option) ?? []];
        if (flag.Kind == FlagKind.Switch)
        {
            if (negation is not null && result.GetValue(negation))
            {
                values.Add("false");
            }
            else if (values.Count == 0 && result.GetResult(option) is { Implicit: false })
            {
                values.Add("true");
            }
        }

        return values;
    }
}
