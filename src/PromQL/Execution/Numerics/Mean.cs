namespace Pleiad.PromQL;

/// <summary>A mean that sums as long as the sum is finite and then goes on incrementally, so that large values do not overflow.</summary>
internal struct Mean
{
    private double _sum;
    private double _lost;
    private double _count;
    private bool _incremental;

    public readonly bool IsEmpty => _count == 0;

    public readonly double Value => _incremental ? _sum + _lost : (_sum / _count) + (_lost / _count);

    public void Add(double value)
    {
        _count++;
        if (_count == 1)
        {
            _sum = value;
            return;
        }

        if (!_incremental)
        {
            double sum = _sum;
            double lost = _lost;
            CompensatedSum.Add(value, ref sum, ref lost);
            if (!double.IsInfinity(sum))
            {
                _sum = sum;
                _lost = lost;
                return;
            }

            _incremental = true;
            _sum /= _count - 1;
            _lost /= _count - 1;
        }

        double weight = (_count - 1) / _count;
        _sum *= weight;
        _lost *= weight;
        CompensatedSum.Add(value / _count, ref _sum, ref _lost);
    }

    public static double Of(ReadOnlySpan<double> values)
    {
        CompensatedSum sum = CompensatedSum.Of(values);
        if (double.IsFinite(sum.Sum))
        {
            return (sum.Sum / values.Length) + (sum.Lost / values.Length);
        }

        Mean mean = default;
        foreach (double value in values)
        {
            mean.Add(value);
        }

        return mean.Value;
    }
}
