using Pleiad.Model;

namespace Pleiad.Alerting;

/// <summary>What templates see beside their data.</summary>
/// <param name="Now">The time of the evaluation.</param>
/// <param name="ExternalUrl">Where this server is reached from outside.</param>
/// <param name="Queries">Answers to queries that templates ask.</param>
internal sealed record TemplateContext(Timestamp Now, string ExternalUrl, TemplateQueries Queries)
{
    /// <summary>The path of the external URL, empty where it has none.</summary>
    public string PathPrefix
    {
        get
        {
            int host = ExternalUrl.IndexOf("://", StringComparison.Ordinal);
            int path = host < 0 ? 0 : ExternalUrl.IndexOf('/', host + 3);
            return path < 0 ? string.Empty : ExternalUrl[path..].Split('?', '#')[0];
        }
    }
}

/// <summary>The answers to queries of templates that are known so far. An expansion that needs another one stops, and is begun again with it.</summary>
/// <remarks>So expanding stays a function without waiting: whoever drives it asks in between (<see cref="TemplateQueryWantedException"/>).</remarks>
internal sealed class TemplateQueries
{
    /// <summary>No answers.</summary>
    public static readonly TemplateQueries None = new([]);

    private readonly Dictionary<string, Answer> _answers;

    private TemplateQueries(Dictionary<string, Answer> answers) => _answers = answers;

    /// <summary>How many are known.</summary>
    public int Count => _answers.Count;

    /// <summary>With one more answer.</summary>
    public TemplateQueries With(string query, IReadOnlyList<TemplateSample> samples) => With(query, new Answer(samples, null));

    /// <summary>With one more query that failed.</summary>
    public TemplateQueries WithFailure(string query, string problem) => With(query, new Answer([], problem));

    /// <summary>The answer.</summary>
    /// <exception cref="TemplateQueryWantedException">It is not known yet.</exception>
    /// <exception cref="TemplateCallException">The query failed.</exception>
    public IReadOnlyList<TemplateSample> Ask(string query)
    {
        if (!_answers.TryGetValue(query, out Answer? answer))
        {
            throw new TemplateQueryWantedException(query);
        }

        return answer.Problem is null ? answer.Samples : throw new TemplateCallException(answer.Problem);
    }

    private TemplateQueries With(string query, Answer answer) =>
        new(new Dictionary<string, Answer>(_answers, StringComparer.Ordinal) { [query] = answer });

    private sealed record Answer(IReadOnlyList<TemplateSample> Samples, string? Problem);
}
