using System.Numerics;
using System.Runtime.Intrinsics;

namespace Pleiad.Storage;

/// <summary>What the forms of a column of integers start from, in one pass over it: the smallest value and step, and which low bits never change.</summary>
/// <param name="SmallestValue">Of the values.</param>
/// <param name="SmallestStep">From each value to the next.</param>
/// <param name="ValueShift">Low bits that all values have in common: their distances from the smallest end with as many zeros.</param>
/// <param name="StepShift">The same of the steps.</param>
/// <param name="SignedStepShift">Zeros that all steps end with.</param>
/// <param name="BendShift">Zeros that all changes of the step end with.</param>
internal readonly record struct ColumnExtremes(
    long SmallestValue, long SmallestStep, int ValueShift, int StepShift, int SignedStepShift, int BendShift)
{
    /// <summary>Looks at a column of at least 3.</summary>
    public static ColumnExtremes Of(ReadOnlySpan<long> values)
    {
        long firstValue = values[0];
        long firstStep = values[1] - firstValue;
        long smallestValue = firstValue;
        long smallestStep = firstStep;
        long ofValues = 0;
        long ofSteps = 0;
        long ofDistances = 0;
        int i = 0;
        if (Vector256.IsHardwareAccelerated && values.Length > Vector256<long>.Count)
        {
            Vector256<long> lowest = Vector256.Create(firstValue);
            Vector256<long> lowestStep = Vector256.Create(firstStep);
            Vector256<long> values0 = lowest;
            Vector256<long> steps0 = lowestStep;
            Vector256<long> allValues = default;
            Vector256<long> allSteps = default;
            Vector256<long> allDistances = default;
            for (; i + 1 + Vector256<long>.Count <= values.Length; i += Vector256<long>.Count)
            {
                Vector256<long> value = Vector256.Create(values[i..]);
                Vector256<long> step = Vector256.Create(values[(i + 1)..]) - value;
                lowest = Vector256.Min(lowest, value);
                lowestStep = Vector256.Min(lowestStep, step);
                allValues |= value ^ values0;
                allSteps |= step;
                allDistances |= step ^ steps0;
            }

            for (int lane = 0; lane < Vector256<long>.Count; lane++)
            {
                smallestValue = Math.Min(smallestValue, lowest[lane]);
                smallestStep = Math.Min(smallestStep, lowestStep[lane]);
                ofValues |= allValues[lane];
                ofSteps |= allSteps[lane];
                ofDistances |= allDistances[lane];
            }
        }

        for (; i < values.Length; i++)
        {
            smallestValue = Math.Min(smallestValue, values[i]);
            ofValues |= values[i] ^ firstValue;
            if (i + 1 < values.Length)
            {
                long step = values[i + 1] - values[i];
                smallestStep = Math.Min(smallestStep, step);
                ofSteps |= step;
                ofDistances |= step ^ firstStep;
            }
        }

        // Two numbers differ by a multiple of 2^k just when their low k bits are equal; so do then any two of them, the smallest included, and
        // steps that agree in their low bits are steps whose changes end with as many zeros.
        int steps = Zeros(ofDistances);
        return new ColumnExtremes(smallestValue, smallestStep, Zeros(ofValues), steps, Zeros(ofSteps), steps);
    }

    private static int Zeros(long bits) => bits == 0 ? 0 : BitOperations.TrailingZeroCount(bits);
}
