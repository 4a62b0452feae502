namespace Pleiad.PromQL;

/// <summary>Has a fragment evaluated by the shards, then yields their answers one behind the other. The only operator that waits.</summary>
internal sealed class Exchange : OwnBlockOperator
{
    private readonly ExchangeNode _node;
    private readonly IFragmentRunner _runner;
    private IReadOnlyList<FragmentAnswer> _answers = [];
    private int _answer;
    private int _row;

    public Exchange(QueryContext context, ExchangeNode node)
        : base(context, node.Steps)
    {
        _node = node;
        _runner = context.Source as IFragmentRunner ?? throw new InvalidOperationException("a plan for shards runs over shards");
    }

    public override async ValueTask OpenAsync()
    {
        if (_node.Shards.Count == 0)
        {
            return;
        }

        _answers = await _runner.RunAsync(new PlanFragment(_node, Context.Run), _node.Shards, Context.Canceled).ConfigureAwait(false);
        for (int i = 0; i < _answers.Count; i++)
        {
            FragmentAnswer answer = _answers[i];
            Context.Figures?.Add(_node, new ShardCost(
                _node.Shards[i], answer.Time, answer.Context.SeriesRead, answer.Context.SamplesRead, answer.Rows.Count, answer.Rows.Bytes));
            Context.Absorb(answer.Context);
        }
    }

    public override bool MoveNext()
    {
        while (_answer < _answers.Count)
        {
            SeriesRows rows = _answers[_answer].Rows;
            if (_row < rows.Count)
            {
                rows.Read(_row++, Current);
                return true;
            }

            _answer++;
            _row = 0;
        }

        return false;
    }
}

/// <summary>Vectors one behind the other.</summary>
internal sealed class Concatenation(QueryContext context, Steps steps, SeriesOperator[] parts) : SeriesOperator(context, steps, parts)
{
    private int _part;

    public override bool MoveNext()
    {
        for (; _part < parts.Length; _part++)
        {
            if (parts[_part].MoveNext())
            {
                Current = parts[_part].Current;
                return true;
            }
        }

        return false;
    }
}
