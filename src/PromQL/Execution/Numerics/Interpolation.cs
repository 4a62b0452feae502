namespace Pleiad.PromQL;

/// <summary>A straight line between two samples.</summary>
internal static class Interpolation
{
    /// <param name="isCounter">A fall is a reset: the line then starts from 0.</param>
    public static double Between(long leftMs, double left, long rightMs, double right, long atMs, bool isCounter)
    {
        double from = isCounter && right < left ? 0 : left;
        return from + ((right - from) * (atMs - leftMs) / (rightMs - leftMs));
    }
}
