using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// An operator between two vectors, one-to-one or many-to-one. The "one" side is read and kept by match group, the other streams past it.
/// </summary>
internal sealed class VectorJoin : OwnBlockOperator
{
    private readonly BinaryNode _node;
    private readonly VectorMatching _matching;
    private readonly SeriesOperator _many;
    private readonly SeriesOperator _one;
    private readonly bool _swapped;
    private readonly MatchGroups _groups;
    private readonly ElementOperator _operator;
    private readonly LabelsBuilder _builder = new();
    private readonly ulong[] _both;
    private readonly ulong[] _manyPresent;
    private readonly bool _resultIsGroup;
    private readonly bool _changesMetric;
    private readonly double? _fillOne;
    private readonly double? _fillMany;
    private IEnumerator<SeriesBlock>? _results;

    public VectorJoin(QueryContext context, BinaryNode node, SeriesOperator left, SeriesOperator right)
        : base(context, node.Steps, left, right)
    {
        _node = node;
        _matching = node.Matching!;
        _swapped = _matching.Cardinality == MatchCardinality.OneToMany;
        (_many, _one) = _swapped ? (right, left) : (left, right);

        // With group_right Prometheus does not turn the fill values round with the sides: fill_left stands for the "many" side there too.
        (_fillMany, _fillOne) = (_matching.FillLeft, _matching.FillRight);
        _changesMetric = !Operators.IsComparison(node.Op) && node.Op is not (BinaryOp.TrimLower or BinaryOp.TrimUpper);

        // One-to-one on named labels: what is left of a series is what it was matched on, so no labels have to be made.
        _resultIsGroup = IsOneToOne && _matching.On && _matching.Include.Count == 0 && !_matching.Labels.Any(MetadataLabels.Is);
        _groups = new MatchGroups(_matching, node.Steps);
        _operator = new ElementOperator(context, node.Op, node.ReturnBool, node.Span);
        _both = new ulong[node.Steps.Words];
        _manyPresent = new ulong[node.Steps.Words];
    }

    private bool IsOneToOne => _matching.Cardinality == MatchCardinality.OneToOne;

    public override bool MoveNext()
    {
        _results ??= Results().GetEnumerator();
        return _results.MoveNext();
    }

    protected override void Dispose(bool disposing)
    {
        _results?.Dispose();
        _groups.Dispose();
        base.Dispose(disposing);
    }

    private IEnumerable<SeriesBlock> Results()
    {
        while (_one.MoveNext())
        {
            Context.ThrowIfOver();
            Context.KeepColumn(Steps);
            Context.Hold(_groups.Add(_one.Current).Weight);
        }

        if ((_fillOne ?? _fillMany) is not null && _groups.FirstDuplicate is { } twofold)
        {
            // With a value to fill in nothing is left out for want of a partner, so each step counts.
            throw Duplicates(twofold);
        }

        // Read to the end even where nothing can match: what there is to say of it does not depend on the other side.
        while (_many.MoveNext())
        {
            Context.ThrowIfOver();
            SeriesBlock many = _many.Current;
            StepBits.Or(many.Present, _manyPresent);
            RefuseDuplicates(many.Present);
            MatchGroup? group = _groups.Find(many);
            for (int i = 0; group is not null && i < group.Series.Count; i++)
            {
                if (Match(many, group, group.Series[i]))
                {
                    yield return Current;
                }
            }

            if (_fillOne is { } fill && FillOne(many, fill))
            {
                yield return Current;
            }
        }

        MatchGroups.Duplicate? twice = _groups.FirstDuplicate;
        Context.Joins.Add(_node.Span, _manyPresent, twice?.Steps, twice is null ? null : Duplicates(twice));
        if (_fillMany is not { } fillMany)
        {
            yield break;
        }

        foreach (MatchGroup group in _groups.All)
        {
            foreach (SeriesBlock one in group.Series)
            {
                if (FillMany(one, group, fillMany))
                {
                    yield return Current;
                }
            }
        }
    }

    private void RefuseDuplicates(ReadOnlySpan<ulong> steps)
    {
        if (_groups.FirstDuplicate is { } twice && StepBits.Overlap(twice.Steps, steps))
        {
            throw Duplicates(twice);
        }
    }

    private QueryException Duplicates(MatchGroups.Duplicate twice)
    {
        string side = _swapped ? "left" : "right";
        return new QueryException(
            QueryErrorKind.Execution,
            $"found duplicate series for the match group {twice.Group} on the {side} hand-side of the operation: "
            + $"[{twice.Second}, {twice.First}];many-to-many matching not allowed: matching labels must be unique on one side");
    }

    private bool Match(SeriesBlock many, MatchGroup group, SeriesBlock one)
    {
        many.Present.CopyTo(_both);
        StepBits.And(one.Present, _both);
        if (StepBits.None(_both))
        {
            return false;
        }

        Current.Clear();
        Labels labels = _resultIsGroup ? group.Labels : ResultLabels(many.Labels, many.Name, one);
        if (many.HasHistograms || one.HasHistograms)
        {
            (SeriesBlock left, SeriesBlock right) = _swapped ? (one, many) : (many, one);
            foreach (int step in StepBits.Each(_both))
            {
                if (!_operator.One(
                    step, left.Values[step], left.HistogramAt(step), right.Values[step], right.HistogramAt(step), keepsRight: false, Current))
                {
                    StepBits.Unset(_both, step);
                }
            }
        }
        else if (!(_swapped
            ? _operator.Floats(one.Values, many.Values, one.Values, _both, Current)
            : _operator.Floats(many.Values, one.Values, many.Values, _both, Current)))
        {
            Array.Clear(_both);
        }

        Take(group, labels, _both);
        return Finish(labels);
    }

    // A step of the many side without a partner: the missing one is the fill value, with the labels of the match alone.
    private bool FillOne(SeriesBlock many, double fill)
    {
        int groups = _groups.All.Count;
        MatchGroup group = _groups.Place(many);
        if (_groups.All.Count > groups)
        {
            // Where the "one" side has no series the group is kept for nothing but its bits.
            Context.KeepBits(Steps);
            Context.KeepBits(Steps);
        }

        many.Present.CopyTo(_both);
        StepBits.AndNot(group.Present, _both);
        if (StepBits.None(_both))
        {
            return false;
        }

        Current.Clear();
        using var filled = new SeriesBlock(Steps.Count) { Labels = group.Labels };
        Labels labels = ResultLabels(many.Labels, many.Name, filled);
        foreach (int step in StepBits.Each(_both))
        {
            if (!(_swapped
                ? _operator.One(step, fill, null, many.Values[step], many.HistogramAt(step), keepsRight: false, Current)
                : _operator.One(step, many.Values[step], many.HistogramAt(step), fill, null, keepsRight: false, Current)))
            {
                StepBits.Unset(_both, step);
            }
        }

        Take(group, labels, _both);
        return Finish(labels);
    }

    private bool FillMany(SeriesBlock one, MatchGroup group, double fill)
    {
        one.Present.CopyTo(_both);
        StepBits.AndNot(group.Matched, _both);
        if (StepBits.None(_both))
        {
            return false;
        }

        Current.Clear();
        Labels labels = ResultLabels(group.Labels, NameFate.Kept, one);
        foreach (int step in StepBits.Each(_both))
        {
            if (_swapped)
            {
                _operator.One(step, one.Values[step], one.HistogramAt(step), fill, null, keepsRight: false, Current);
            }
            else
            {
                _operator.One(step, fill, null, one.Values[step], one.HistogramAt(step), keepsRight: false, Current);
            }
        }

        return Finish(labels);
    }

    private bool Finish(Labels labels)
    {
        if (Current.IsEmpty)
        {
            return false;
        }

        Current.Labels = labels;

        // A name that was to go at the end and is still there after a filter stays: so does Prometheus.
        Current.Name = _node.ReturnBool ? Context.DropName : NameFate.Kept;
        return true;
    }

    // Marks the steps at which a group was matched; twice at one step is an error unless the results differ in labels. A pair the operator
    // has no meaning for does not count as matched.
    private void Take(MatchGroup group, Labels labels, ReadOnlySpan<ulong> steps)
    {
        if (StepBits.None(steps))
        {
            return;
        }

        if (IsOneToOne)
        {
            if (StepBits.Overlap(group.Matched, steps))
            {
                throw new QueryException(
                    QueryErrorKind.Execution, "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)");
            }
        }
        else
        {
            group.Taken ??= [];
            if (!group.Taken.TryGetValue(labels, out ulong[]? taken))
            {
                Context.KeepBits(Steps);
                group.Taken.Add(labels, steps.ToArray());
            }
            else if (StepBits.Overlap(taken, steps))
            {
                throw new QueryException(
                    QueryErrorKind.Execution, "multiple matches for labels: grouping labels must ensure unique matches");
            }
            else
            {
                StepBits.Or(steps, taken);
            }
        }

        StepBits.Or(steps, group.Matched);
    }

    private Labels ResultLabels(Labels many, NameFate name, SeriesBlock one)
    {
        bool nameless = _changesMetric || name == NameFate.Dropped || (_node.ReturnBool && !Context.DelaysNameRemoval);
        Labels kept = Kept(many, nameless);
        if (_matching.Include.Count == 0)
        {
            return kept;
        }

        _builder.Reset(kept);
        foreach (string include in _matching.Include)
        {
            bool gone = one.Name == NameFate.Dropped && MetadataLabels.Is(include);
            _builder.Set(include, gone ? string.Empty : one.Labels.Get(include));
        }

        return _builder.ToLabels();
    }

    // The labels a result keeps of the many side; of one-to-one only those that were matched.
    private Labels Kept(Labels many, bool nameless)
    {
        int kept = 0;
        for (int i = 0; i < many.Count; i++)
        {
            kept += Keeps(many.NameAt(i), nameless) ? 1 : 0;
        }

        if (kept == many.Count)
        {
            return many;
        }

        var pairs = new string[2 * kept];
        int at = 0;
        for (int i = 0; i < many.Count; i++)
        {
            string label = many.NameAt(i);
            if (Keeps(label, nameless))
            {
                pairs[at++] = label;
                pairs[at++] = many.ValueAt(i);
            }
        }

        return Labels.FromSortedPairs(pairs);
    }

    private bool Keeps(string label, bool nameless) =>
        !(nameless && MetadataLabels.Is(label)) && (!IsOneToOne || _matching.Labels.Contains(label) == _matching.On);
}
