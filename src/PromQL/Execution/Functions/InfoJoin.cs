using System.Globalization;
using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// <c>info</c>: adds to each series the labels of the info series with the same <c>instance</c> and <c>job</c>. Of several info series
/// of one metric the one with the newest sample counts.
/// </summary>
internal sealed class InfoJoin : OwnBlockOperator
{
    private static readonly string[] Identity = [LabelName.Instance, LabelName.Job];

    private readonly SeriesOperator _base;
    private readonly List<Matcher> _nameMatchers;
    private readonly Dictionary<string, List<Matcher>> _dataMatchers = [];
    private readonly LabelGroups _identities = new(only: true, Identity, GroupMetadata.Kept);
    private readonly List<SeriesBlock> _series = [];
    private readonly Dictionary<int, List<InfoSeries>> _infos = [];
    private readonly InstantSelector _selector;
    private IEnumerator<SeriesBlock>? _results;

    public InfoJoin(QueryContext context, InfoNode node, SeriesOperator inner)
        : base(context, node.Steps, inner)
    {
        _base = inner;
        _nameMatchers = NamesOf([.. node.Matchers.Where(m => m.Name == LabelName.MetricName)]);
        foreach (Matcher matcher in node.Matchers.Where(m => m.Name != LabelName.MetricName))
        {
            if (!_dataMatchers.TryGetValue(matcher.Name, out List<Matcher>? list))
            {
                _dataMatchers.Add(matcher.Name, list = []);
            }

            list.Add(matcher);
        }

        List<Matcher> matchers = [.. _nameMatchers, .. node.Matchers.Where(m => m.Name != LabelName.MetricName)];
        _selector = new InstantSelector(
            context, new InstantSelectNode(matchers, node.Window, SampleFacet.TimeOfFloat, FindsResets: false, Steps, node.Span));
    }

    public override async ValueTask OpenAsync()
    {
        await base.OpenAsync().ConfigureAwait(false);
        await _selector.OpenAsync().ConfigureAwait(false);
    }

    public override bool MoveNext()
    {
        _results ??= Results().GetEnumerator();
        return _results.MoveNext();
    }

    protected override void Dispose(bool disposing)
    {
        _results?.Dispose();
        foreach (SeriesBlock block in _series)
        {
            block.Dispose();
        }

        foreach (InfoSeries info in _infos.Values.SelectMany(list => list))
        {
            info.Times.Dispose();
        }

        _selector.Dispose();
        base.Dispose(disposing);
    }

    private IEnumerable<SeriesBlock> Results()
    {
        while (_base.MoveNext())
        {
            Context.ThrowIfOver();
            Context.Hold(_base.Current.Weight);
            Context.KeepColumn(Steps);
            _series.Add(_base.Current.Copy());
        }

        ReadInfoSeries();
        bool needsMatch = _dataMatchers.Values.Any(list => list.Any(m => !m.MatchesEmpty));
        foreach (SeriesBlock series in _series)
        {
            Context.ThrowIfOver();
            if (IsInfoSeries(series))
            {
                Current.CopyFrom(series);
                yield return Current;
                continue;
            }

            foreach (SeriesBlock part in Enriched(series, needsMatch))
            {
                yield return part;
            }
        }
    }

    private bool IsInfoSeries(SeriesBlock series) => _nameMatchers.All(m => m.Matches(series.MetricName));

    // Which metrics are info metrics: those that are named; where it is only said which are not, all called so but them; else target_info.
    private static List<Matcher> NamesOf(List<Matcher> given)
    {
        if (given.Any(matcher => matcher.Kind is MatchKind.Equal or MatchKind.Regex))
        {
            return given;
        }

        return given.Count == 0
            ? [new Matcher(LabelName.MetricName, MatchKind.Equal, "target_info")]
            : [new Matcher(LabelName.MetricName, MatchKind.Regex, ".+_info"), .. given];
    }

    private void ReadInfoSeries()
    {
        var known = Identity.ToDictionary(name => name, _ => new HashSet<string>(StringComparer.Ordinal));
        foreach (SeriesBlock series in _series.Where(s => !IsInfoSeries(s)))
        {
            foreach (string name in Identity)
            {
                string value = series.Labels.Get(name);
                if (value.Length > 0)
                {
                    known[name].Add(value);
                }
            }
        }

        if (known.Values.All(values => values.Count == 0))
        {
            return;
        }

        while (_selector.MoveNext())
        {
            SeriesBlock found = _selector.Current;
            if (known.All(id => id.Value.Count == 0 || id.Value.Contains(found.Labels.Get(id.Key))))
            {
                Context.Hold(StepBits.Count(found.Present));
                int identity = _identities.Place(found);
                if (!_infos.TryGetValue(identity, out List<InfoSeries>? list))
                {
                    _infos.Add(identity, list = []);
                }

                Context.KeepColumn(Steps);
                list.Add(new InfoSeries(found.Labels.MetricName, found.Labels, found.Copy()));
            }
        }
    }

    // Which info series a series meets may change from step to step: each choice makes a series of its own.
    private IEnumerable<SeriesBlock> Enriched(SeriesBlock series, bool needsMatch)
    {
        List<InfoSeries> candidates =
            _identities.Find(series) is var identity and >= 0 && _infos.TryGetValue(identity, out List<InfoSeries>? list) ? list : [];
        ulong[] left = series.Present.ToArray();
        while (!StepBits.None(left))
        {
            List<InfoSeries>? choice = null;
            Current.Clear();
            foreach (int step in StepBits.Each(left.ToArray()))
            {
                Context.ThrowIfOver();
                List<InfoSeries> here = Newest(candidates, step);
                choice ??= here;
                if (!choice.SequenceEqual(here))
                {
                    continue;
                }

                StepBits.Unset(left, step);
                if (here.Count == 0 && needsMatch)
                {
                    continue;
                }

                if (series.HistogramAt(step) is { } histogram)
                {
                    Current.Set(step, histogram);
                }
                else
                {
                    Current.Set(step, series.Values[step]);
                }
            }

            if (!Current.IsEmpty)
            {
                Current.Labels = WithLabelsOf(series.Labels, choice!);
                Current.Name = series.Name;
                yield return Current;
            }
        }
    }

    private static List<InfoSeries> Newest(List<InfoSeries> candidates, int step)
    {
        var chosen = new List<InfoSeries>();
        foreach (InfoSeries candidate in candidates)
        {
            if (!candidate.Times.Has(step))
            {
                continue;
            }

            int at = chosen.FindIndex(other => other.Metric == candidate.Metric);
            if (at < 0)
            {
                chosen.Add(candidate);
                continue;
            }

            double known = chosen[at].Times.Values[step];
            double time = candidate.Times.Values[step];
            if (known == time)
            {
                string when = (time * 1000).ToString("F0", CultureInfo.InvariantCulture);
                throw new QueryException(
                    QueryErrorKind.Execution,
                    $"found duplicate series for info metric: existing {chosen[at].Labels} @ {when}, new {candidate.Labels} @ {when}");
            }

            if (time > known)
            {
                chosen[at] = candidate;
            }
        }

        return chosen;
    }

    private Labels WithLabelsOf(Labels labels, List<InfoSeries> infos)
    {
        var added = new LabelsBuilder();
        foreach (InfoSeries info in infos)
        {
            foreach (Label label in info.Labels)
            {
                if (label.Name == LabelName.MetricName || (_dataMatchers.Count > 0 && !_dataMatchers.ContainsKey(label.Name)))
                {
                    continue;
                }

                string known = added.Get(label.Name);
                if (known.Length > 0 && known != label.Value)
                {
                    throw new QueryException(QueryErrorKind.Execution, $"conflicting label: {label.Name}");
                }

                if (!labels.Has(label.Name))
                {
                    added.Set(label.Name, label.Value);
                }
            }
        }

        var result = new LabelsBuilder(labels);
        foreach (Label label in added.ToLabels())
        {
            result.Set(label.Name, label.Value);
        }

        return result.ToLabels();
    }

    private sealed record InfoSeries(string Metric, Labels Labels, SeriesBlock Times);
}
