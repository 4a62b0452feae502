using FsCheck;
using FsCheck.Fluent;
using Pleiad.Model;

namespace Pleiad.PromQL.Tests;

/// <summary>Random expressions as the parser makes them: well typed, in parentheses where the grammar needs them, one of everything in the language.</summary>
internal static class Expressions
{
    private static readonly SourceSpan Nowhere = new(0, 0);

    private static readonly string[] Metrics = ["up", "http_requests_total", "a:b:c", "sum", "offset", "start", "by", "and", "anchored", "_"];

    private static readonly string[] LabelNames = ["job", "instance", "le", "by", "on", "label.with.dots", "größe", "with \"quote\"", "bool"];

    private static readonly string[] Values = ["", "a", "a\"b", "back\\slash", "new\nline", "ü☺\U0001F600", "\u0001", "'", "`", "0"];

    private static readonly string[] Patterns = [".*", "a|b", "[a-c]+", "x.+", "(a)?", ""];

    /// <summary>Any expression a query may be: a vector or a scalar.</summary>
    public static Gen<Expr> Any(int depth) => Gen.OneOf(Vector(depth), Scalar(depth));

    /// <summary>An expression that evaluates to a vector.</summary>
    public static Gen<Expr> Vector(int depth) => depth <= 0
        ? Selector()
        : Gen.OneOf(
            Selector(),
            VectorCall(depth),
            Aggregate(depth),
            VectorBinary(depth),
            VectorUnary(depth),
            Vector(depth - 1).Select(inner => (Expr)new ParenExpr(inner, Nowhere)));

    /// <summary>An expression that evaluates to a scalar.</summary>
    public static Gen<Expr> Scalar(int depth) => depth <= 0
        ? Number()
        : Gen.OneOf(
            Number(),
            ScalarCall(depth),
            ScalarBinary(depth),
            Scalar(depth - 1).Select(inner => (Expr)new ParenExpr(inner, Nowhere)));

    private static Gen<Expr> Number() => Gen.OneOf(
        Gen.Elements(0.0, 1, -1, 0.5, 1e300, -1e-7, 123456789, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e21, 0x1F)
            .Select(value => (Expr)new NumberLiteral(value, false, Nowhere)),
        Gen.Elements(0, 5, 90, 0.25, 86400, -3600).Select(seconds => (Expr)new NumberLiteral(seconds, true, Nowhere)));

    private static Gen<Expr> Text() => Gen.Elements(Values).Select(value => (Expr)new StringLiteral(value, Nowhere));

    private static Gen<Expr> Selector() => Gen.OneOf(NamedSelector(), UnnamedSelector()).Select(s => (Expr)s);

    private static Gen<VectorSelector> NamedSelector() =>
        from name in Gen.Elements(Metrics)
        from matchers in Matchers()
        from offset in Optional(Offset())
        from at in At()
        from window in Gen.Elements(WindowMode.Plain, WindowMode.Plain, WindowMode.Anchored, WindowMode.Smoothed)
        select new VectorSelector(name, [.. matchers, new Matcher("__name__", MatchKind.Equal, name)], offset, at, window, Nowhere);

    private static Gen<VectorSelector> UnnamedSelector() =>
        from matchers in Matchers()
        from name in Gen.Elements("up", "name with spaces", "näme")
        from offset in Optional(Offset())
        from at in At()
        select new VectorSelector(
            string.Empty, [new Matcher("__name__", MatchKind.Equal, name), .. matchers], offset, at, WindowMode.Plain, Nowhere);

    private static Gen<List<Matcher>> Matchers() => Gen.ListOf(Matcher()).Select(m => m.Take(3).ToList());

    private static Gen<Matcher> Matcher() => Gen.OneOf(
        from name in Gen.Elements(LabelNames)
        from kind in Gen.Elements(MatchKind.Equal, MatchKind.NotEqual)
        from value in Gen.Elements(Values)
        select new Matcher(name, kind, value),
        from name in Gen.Elements(LabelNames)
        from kind in Gen.Elements(MatchKind.Regex, MatchKind.NotRegex)
        from pattern in Gen.Elements(Patterns)
        select new Matcher(name, kind, pattern));

    private static Gen<AtModifier?> At() => Gen.OneOf(
        Gen.Constant<AtModifier?>(null),
        Gen.Elements(AtKind.Start, AtKind.End).Select(kind => (AtModifier?)new AtModifier(kind, default)),
        Gen.Choose(-1_000_000, 1_000_000_000).Select(ms => (AtModifier?)new AtModifier(AtKind.Time, new Timestamp(ms))));

    private static Gen<Expr> Matrix(int depth) => Gen.OneOf(
        from vector in NamedSelector()
        from range in Range()
        select (Expr)new MatrixSelector(vector, range, Nowhere),
        from inner in Vector(depth - 1)
        from range in Range()
        from step in Optional(Range())
        from offset in Optional(Offset())
        from at in At()
        select (Expr)new SubqueryExpr(Closed(inner), range, step, offset, at, Nowhere));

    // A suffix binds to a selector, a call, an aggregation or parentheses.
    private static Expr Closed(Expr inner) => inner is BinaryExpr or UnaryExpr ? new ParenExpr(inner, Nowhere) : inner;

    private static Gen<Expr> VectorCall(int depth) => Call(ExprType.Vector, depth);

    private static Gen<Expr> ScalarCall(int depth) => Call(ExprType.Scalar, depth);

    private static Gen<Expr> Call(ExprType result, int depth) =>
        from function in Gen.Elements(FunctionSignatures.Known.Where(f => f.Result == result).OrderBy(f => f.Name, StringComparer.Ordinal).ToArray())
        from left in Gen.Choose(0, function.OptionalCount)
        from more in Gen.Choose(0, function.Variadic && left == 0 ? 2 : 0)
        from args in Arguments(function, function.Parameters.Count - left + more, depth - 1)
        select (Expr)new CallExpr(function, args, Nowhere);

    private static Gen<List<Expr>> Arguments(FunctionSignature function, int count, int depth)
    {
        Gen<List<Expr>> args = Gen.Constant(new List<Expr>());
        for (int i = 0; i < count; i++)
        {
            ExprType type = function.Parameters[Math.Min(i, function.Parameters.Count - 1)];
            Gen<Expr> next = function.Name == "info" && i == 1 ? DataLabels() : OfType(type, depth);
            Gen<List<Expr>> before = args;
            args = from some in before from one in next select new List<Expr>(some) { one };
        }

        return args;
    }

    private static Gen<Expr> DataLabels() =>
        Matchers().Select(m => (Expr)new VectorSelector(string.Empty, m, null, null, WindowMode.Plain, Nowhere));

    private static Gen<Expr> OfType(ExprType type, int depth) => type switch
    {
        ExprType.Scalar => Scalar(depth),
        ExprType.String => Text(),
        ExprType.Matrix => Matrix(depth),
        _ => Vector(depth),
    };

    private static Gen<Expr> Aggregate(int depth) =>
        from op in Gen.Elements(Enum.GetValues<AggregateOp>())
        from inner in Vector(depth - 1)
        from parameter in op == AggregateOp.CountValues ? Text() : Scalar(depth - 1)
        from without in Gen.Elements(true, false)
        from grouping in LabelList()
        select (Expr)new AggregateExpr(op, inner, Operators.HasParameter(op) ? parameter : null, without, grouping, Nowhere);

    private static Gen<List<string>> LabelList() => Gen.ListOf(Gen.Elements(LabelNames)).Select(names => names.Distinct().Take(3).ToList());

    private static Gen<Expr> VectorUnary(int depth) =>
        from operand in Vector(depth - 1)
        from negative in Gen.Elements(true, false)
        let inner = operand is BinaryExpr { Op: not BinaryOp.Power } ? new ParenExpr(operand, Nowhere) : operand
        select (Expr)new UnaryExpr(negative, inner, Nowhere);

    private static Gen<Expr> ScalarBinary(int depth) =>
        from op in Gen.Elements(Enum.GetValues<BinaryOp>().Where(op => !Operators.IsSet(op) && !IsTrim(op)).ToArray())
        from left in Scalar(depth - 1)
        from right in Scalar(depth - 1)
        select Binary(op, left, right, Operators.IsComparison(op), null);

    private static Gen<Expr> VectorBinary(int depth) => Gen.OneOf(
        from op in Gen.Elements(Enum.GetValues<BinaryOp>())
        from left in Vector(depth - 1)
        from right in Vector(depth - 1)
        from returnBool in Gen.Elements(true, false)
        from matching in Operators.IsSet(op) ? SetMatching() : Matching()
        select Binary(op, left, right, returnBool && Operators.IsComparison(op), matching),
        from op in Gen.Elements(Enum.GetValues<BinaryOp>().Where(op => !Operators.IsSet(op)).ToArray())
        from vector in Vector(depth - 1)
        from scalar in Scalar(depth - 1)
        from returnBool in Gen.Elements(true, false)
        from vectorFirst in Gen.Elements(true, false)
        select vectorFirst
            ? Binary(op, vector, scalar, returnBool && Operators.IsComparison(op), null)
            : Binary(op, scalar, vector, returnBool && Operators.IsComparison(op), null));

    private static bool IsTrim(BinaryOp op) => op is BinaryOp.TrimUpper or BinaryOp.TrimLower;

    private static Gen<VectorMatching> SetMatching() =>
        from only in Gen.Elements(true, false)
        from labels in LabelList()
        select new VectorMatching(MatchCardinality.ManyToMany, only, labels, [], null, null);

    private static Gen<VectorMatching> Matching() =>
        from cardinality in Gen.Elements(MatchCardinality.OneToOne, MatchCardinality.ManyToOne, MatchCardinality.OneToMany)
        from only in Gen.Elements(true, false)
        from labels in LabelList()
        from include in LabelList()
        from left in Gen.Elements<double?>(null, null, 0, -23.5, double.NaN)
        from right in Gen.Elements<double?>(null, null, 0, 42, double.NegativeInfinity)
        let grouped = cardinality != MatchCardinality.OneToOne
        select new VectorMatching(cardinality, only, labels, grouped ? include.Where(l => !only || !labels.Contains(l)).ToList() : [], left, right);

    private static Expr Binary(BinaryOp op, Expr left, Expr right, bool returnBool, VectorMatching? matching)
    {
        int level = Operators.LevelOf(op);
        bool power = op == BinaryOp.Power;
        bool leftNeeds = left switch
        {
            BinaryExpr binary => Operators.LevelOf(binary.Op) < level + (power ? 1 : 0) || (!power && EndsInSign(binary)),
            UnaryExpr => power,
            NumberLiteral number => power && (double.IsNegative(number.Value) || double.IsPositiveInfinity(number.Value)),
            _ => false,
        };
        leftNeeds |= EndsInArithmetic(left);
        bool rightNeeds = right is BinaryExpr r && Operators.LevelOf(r.Op) < level + (power ? 0 : 1);
        return new BinaryExpr(op, Wrapped(left, leftNeeds), Wrapped(right, rightNeeds), returnBool, matching, Nowhere);
    }

    // -a ^ b * c: the sign would take the power, never the product, so only a sign in front of a power has to be looked at twice.
    private static bool EndsInSign(BinaryExpr binary) => binary.Op == BinaryOp.Power && binary.Left is UnaryExpr;

    // a offset (5m) * b: the arithmetic of the offset goes on.
    private static bool EndsInArithmetic(Expr expr) => expr switch
    {
        VectorSelector { Offset: DurationParen or DurationBinary { Op: not (DurationOp.MinOf or DurationOp.MaxOf) } } => true,
        UnaryExpr unary => EndsInArithmetic(unary.Operand),
        BinaryExpr binary => EndsInArithmetic(binary.Right),
        _ => false,
    };

    private static Expr Wrapped(Expr expr, bool needed) => needed ? new ParenExpr(expr, Nowhere) : expr;

    private static Gen<T?> Optional<T>(Gen<T> gen)
        where T : class => Gen.OneOf(Gen.Constant<T?>(null), gen.Select(value => (T?)value));

    private static Gen<DurationExpr> Range() => Gen.OneOf(
        Gen.Choose(1, 100_000_000).Select(ms => (DurationExpr)new DurationLiteral(ms, false, Nowhere)),
        Arithmetic(2).Where(duration => duration is not DurationLiteral));

    private static Gen<DurationExpr> Offset() => Gen.OneOf(
        Gen.Choose(1, 100_000_000).Select(ms => (DurationExpr)new DurationLiteral(ms, false, Nowhere)),
        Gen.Choose(-100_000_000, -1).Select(ms => (DurationExpr)new DurationLiteral(ms, false, Nowhere)),
        Operand(2),
        Operand(2).Select(operand => (DurationExpr)new DurationUnary(true, operand, Nowhere)),
        from op in ArithmeticOp()
        from left in Arithmetic(1)
        from right in Arithmetic(1)
        select (DurationExpr)new DurationBinary(op, new DurationParen(left, Nowhere), Wrapped(right), Nowhere));

    // What may follow offset, sign apart.
    private static Gen<DurationExpr> Operand(int depth) => Gen.OneOf(
        Gen.Elements<DurationExpr>(new DurationStep(Nowhere), new DurationRange(Nowhere)),
        Arithmetic(depth - 1).Select(inner => (DurationExpr)new DurationParen(inner, Nowhere)),
        from op in Gen.Elements(DurationOp.MinOf, DurationOp.MaxOf)
        from left in Arithmetic(depth - 1)
        from right in Arithmetic(depth - 1)
        select (DurationExpr)new DurationBinary(op, left, right, Nowhere));

    private static Gen<DurationExpr> Arithmetic(int depth) => depth <= 0
        ? Literal()
        : Gen.OneOf(
            Literal(),
            Operand(depth),
            Operand(depth).Select(operand => (DurationExpr)new DurationUnary(true, operand, Nowhere)),
            from op in ArithmeticOp()
            from left in Arithmetic(depth - 1)
            from right in Arithmetic(depth - 1)
            select (DurationExpr)new DurationBinary(op, Wrapped(left), Wrapped(right), Nowhere));

    private static Gen<DurationOp> ArithmeticOp() => Gen.Elements(
        DurationOp.Add, DurationOp.Subtract, DurationOp.Multiply, DurationOp.Divide, DurationOp.Modulo, DurationOp.Power);

    private static DurationExpr Wrapped(DurationExpr operand) => operand switch
    {
        DurationUnary or DurationLiteral { Seconds: < 0 } => new DurationParen(operand, Nowhere),
        DurationBinary { Op: not (DurationOp.MinOf or DurationOp.MaxOf) } => new DurationParen(operand, Nowhere),
        _ => operand,
    };

    private static Gen<DurationExpr> Literal() => Gen.OneOf(
        Gen.Choose(1, 100_000_000).Select(ms => (DurationExpr)new DurationLiteral(ms, false, Nowhere)),
        Gen.Elements(2, 0.5, -3, 1e-3).Select(seconds => (DurationExpr)new DurationLiteral((long)(seconds * 1000), true, Nowhere) { Seconds = seconds }));
}
