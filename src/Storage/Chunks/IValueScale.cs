using System.Runtime.Intrinsics;

namespace Pleiad.Storage;

/// <summary>What the integers of a column are multiplied with or divided by. Each value is rounded as IEEE 754 says, so that all machines get the same bits.</summary>
internal interface IValueScale
{
    /// <summary>A value times this is near its integer, to be rounded to it.</summary>
    double Inverse { get; }

    /// <summary>The value of an integer, which is at most 2^53 in magnitude.</summary>
    double ValueOf(double whole);

    /// <summary>Four at once, bit for bit what each is by itself.</summary>
    Vector256<double> ValueOf(Vector256<double> whole);

    /// <summary>Eight at once, bit for bit what each is by itself.</summary>
    Vector512<double> ValueOf(Vector512<double> whole);
}

/// <summary>Scales of a kind, one for each exponent: a larger one has more digits.</summary>
/// <typeparam name="TSelf">Itself.</typeparam>
internal interface IValueScale<TSelf> : IValueScale
    where TSelf : struct, IValueScale<TSelf>
{
    /// <summary>The scale of an exponent, 0 to <see cref="DecimalScale.ExponentMax"/>.</summary>
    static abstract TSelf Of(int exponent);
}
