using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pleiad.Storage;

/// <summary>Doubles that some program has divided by a thousand, and again: integers / 1000 / 1000.</summary>
/// <remarks>node_exporter tells the microseconds of pressure so: 7827309 / 1000 / 1000 is 7.8273090000000005.</remarks>
internal readonly struct ThousandthsScale : IValueScale
{
    private const double Thousand = 1e3;
    private const double Thousandth = 1e-3;

    /// <inheritdoc/>
    public double Inverse => Thousand * Thousand;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double ValueOf(double whole) => whole / Thousand / Thousand;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<double> ValueOf(Vector256<double> whole)
    {
        Vector256<double> thousand = Vector256.Create(Thousand);
        Vector256<double> thousandth = Vector256.Create(Thousandth);
        return DecimalScale.Divide(DecimalScale.Divide(whole, thousand, thousandth), thousand, thousandth);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<double> ValueOf(Vector512<double> whole)
    {
        Vector512<double> thousand = Vector512.Create(Thousand);
        Vector512<double> thousandth = Vector512.Create(Thousandth);
        return DecimalScale.Divide(DecimalScale.Divide(whole, thousand, thousandth), thousand, thousandth);
    }
}
