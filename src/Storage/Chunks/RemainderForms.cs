using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pleiad.Storage;

/// <summary>Turns the remainders of one form of a column into its values, in order; keeps what the next ones build on. All arithmetic wraps.</summary>
/// <typeparam name="TSelf">The form.</typeparam>
internal interface IRemainderForm<TSelf>
    where TSelf : IRemainderForm<TSelf>
{
    /// <summary>The form of a column, before its first remainder.</summary>
    static abstract TSelf Of(in ColumnHead head);

    /// <summary>The next eight values. Only where <see cref="BitUnpacker.IsSupported"/>.</summary>
    Vector512<long> Next(Vector512<ulong> remainders);

    /// <summary>The next value.</summary>
    long Next(ulong remainder);
}

/// <summary><see cref="IntegerForm.Offset"/>.</summary>
internal readonly struct OffsetForm(int shift, long smallest) : IRemainderForm<OffsetForm>
{
    public static OffsetForm Of(in ColumnHead head) => new(head.Shift, head.Smallest);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<long> Next(Vector512<ulong> remainders) => (remainders << shift).AsInt64() + Vector512.Create(smallest);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Next(ulong remainder) => unchecked((long)(remainder << shift) + smallest);
}

/// <summary><see cref="IntegerForm.Step"/>.</summary>
internal struct StepForm(int shift, long smallest, long first) : IRemainderForm<StepForm>
{
    private RunningSum _value = new(first);

    public static StepForm Of(in ColumnHead head) => new(head.Shift, head.Smallest, head.First);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<long> Next(Vector512<ulong> remainders) => _value.Next((remainders << shift).AsInt64() + Vector512.Create(smallest));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Next(ulong remainder) => _value.Next(unchecked((long)(remainder << shift) + smallest));
}

/// <summary><see cref="IntegerForm.SignedStep"/>.</summary>
internal struct SignedStepForm(int shift, long first) : IRemainderForm<SignedStepForm>
{
    private RunningSum _value = new(first);

    public static SignedStepForm Of(in ColumnHead head) => new(head.Shift, head.First);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<long> Next(Vector512<ulong> remainders) => _value.Next(Zigzag.Back(remainders) << shift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Next(ulong remainder) => _value.Next(Zigzag.Back(remainder) << shift);
}

/// <summary><see cref="IntegerForm.SignedBend"/>.</summary>
internal struct SignedBendForm(int shift, long first, long step) : IRemainderForm<SignedBendForm>
{
    private RunningSum _step = new(step);
    private RunningSum _value = new(unchecked(first + step));

    public static SignedBendForm Of(in ColumnHead head) => new(head.Shift, head.First, head.Step);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<long> Next(Vector512<ulong> remainders) => _value.Next(_step.Next(Zigzag.Back(remainders) << shift));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Next(ulong remainder) => _value.Next(_step.Next(Zigzag.Back(remainder) << shift));
}

/// <summary>Signed numbers that were written with their sign as the lowest bit.</summary>
internal static class Zigzag
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Back(Vector512<ulong> both) =>
        ((both >> 1) ^ (Vector512<ulong>.Zero - (both & Vector512<ulong>.One))).AsInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Back(ulong both) => (long)(both >> 1) ^ -(long)(both & 1);
}
