using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pleiad.Storage;

/// <summary>What the integers of a column become.</summary>
/// <typeparam name="T">Eight bytes.</typeparam>
internal interface IColumnTarget<T>
    where T : unmanaged
{
    /// <summary>Tells, before any integer comes, a magnitude that none exceeds.</summary>
    void Bound(double magnitude);

    /// <summary>What eight become.</summary>
    Vector512<T> Of(Vector512<long> integers);

    /// <summary>What one becomes.</summary>
    T Of(long integer);
}

/// <summary>Integers stay what they are.</summary>
internal readonly struct IntegerTarget : IColumnTarget<long>
{
    public void Bound(double magnitude)
    {
    }

    public Vector512<long> Of(Vector512<long> integers) => integers;

    public long Of(long integer) => integer;
}

/// <summary>Integers become doubles.</summary>
internal struct WholeTarget : IColumnTarget<double>
{
    private bool _isSmall;

    public void Bound(double magnitude) => _isSmall = magnitude < ValueScaling.MagicMax;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector512<double> Of(Vector512<long> integers) =>
        _isSmall && !Avx512DQ.IsSupported ? ValueScaling.ToDoubles(integers) : Vector512.ConvertToDouble(integers);

    public readonly double Of(long integer) => integer;
}

/// <summary>Integers become the values of a scale.</summary>
internal struct ScaledTarget<TScale>(TScale scale) : IColumnTarget<double>
    where TScale : struct, IValueScale
{
    private readonly TScale _scale = scale;
    private bool _isSmall;

    public void Bound(double magnitude) => _isSmall = magnitude < ValueScaling.MagicMax;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector512<double> Of(Vector512<long> integers) =>
        _scale.ValueOf(_isSmall ? ValueScaling.ToDoubles(integers) : Vector512.ConvertToDouble(integers));

    public readonly double Of(long integer) => _scale.ValueOf((double)integer);
}
