using System.Collections.Immutable;

namespace Pleiad.Kernel;

/// <summary>
/// Which shards this node leads, and what it does to come to lead those that the plan gives it: a pure state machine. One node, the first of the
/// living, keeps the plan up to date; each takes its shards itself: from a living owner by asking it to let go, from a dead one at once.
/// </summary>
/// <remarks>
/// Nothing here is needed for safety, only for speed: whoever appends holds the row of the shard, whatever it or others believe.
/// A leader goes on until it is asked, fenced, or sees another owner in the row, so a hand-off that is never taken up costs nothing.
/// </remarks>
public sealed record RegionState
{
    private readonly NodeIncarnation _self;
    private readonly string _name;
    private readonly RegionSettings _settings;

    private RegionState(NodeIncarnation self, string name, RegionSettings settings)
    {
        _self = self;
        _name = name;
        _settings = settings;
    }

    /// <summary>The plan that was read last; null before.</summary>
    public PlacementPlan? Plan { get; private init; }

    /// <summary>The rows that were read last.</summary>
    public ImmutableArray<ShardOwnership> Rows { get; private init; } = [];

    /// <summary>Leaders that have said so themselves and that the rows, as they were read last, are older than; in the order of shards.</summary>
    public ImmutableArray<ToldLeader> Told =>
        News.IsEmpty ? [] : [.. News.Where(told => told.Value.Epoch > Rows[told.Key].Epoch).OrderBy(static told => told.Key).Select(static told => new ToldLeader(told.Key, told.Value.Leader, told.Value.Epoch))];

    /// <summary>Looks at the rows since the last one that was answered, the one under way included.</summary>
    public int LooksUnanswered { get; private init; }

    /// <summary>The shards this node leads.</summary>
    public IEnumerable<int> Leading => Holdings.Where(static held => held.Value.Phase == Phase.Leading).Select(static held => held.Key).Order();

    /// <summary>Whether this node leads a shard, or is about to, or about not to.</summary>
    public bool Holds(int shard) => Holdings.TryGetValue(shard, out Holding? held) && held.Phase is not Phase.Asking;

    /// <summary>Whether this node holds nothing: none of its shards, and nothing on the way.</summary>
    public bool IsEmpty => Holdings.IsEmpty;

    /// <summary>Whether the plan has shards led by nodes that shall lead none any more: it is about to be another.</summary>
    public bool AwaitsPlan
    {
        get
        {
            if (Plan is not { } plan || View.Find(_self) is not { Status: MemberStatus.Up })
            {
                return false;
            }

            var stores = View.Members.Where(static member => member is { Status: MemberStatus.Up, IsStore: true }).Select(static member => member.Name).ToHashSet(StringComparer.Ordinal);
            return stores.Count > 0 && plan.Shards.Any(shard => shard.Leader.Length > 0 && !stores.Contains(shard.Leader));
        }
    }

    private MembershipView View { get; init; } = MembershipView.Empty;

    private long PlanVersion { get; init; }

    // Looks at the plan since it was last read whatever its version.
    private int PlanLooks { get; init; }

    private bool HasReadPlan { get; init; }

    private bool IsReadingPlan { get; init; }

    // The look that is under way was begun before our write ended: what it says may be older.
    private bool IsPlanReadOld { get; init; }

    private bool IsWritingPlan { get; init; }

    private bool IsReadingRows { get; init; }

    // Rows that were changed by us after the read that is under way was begun: what it says of them may be older.
    private ImmutableHashSet<int> ChangedWhileReading { get; init; } = [];

    // Hand-offs that may be asked for at the next tick, and ticks that went by without any because what was taken is kept waiting.
    private int Pace { get; init; }

    private int TicksHeld { get; init; }

    private ImmutableDictionary<int, Holding> Holdings { get; init; } = ImmutableDictionary<int, Holding>.Empty;

    // Shards that were let go of for another who is about to take them. Our plan may be older than his: by it they would be ours again.
    private ImmutableDictionary<int, Gift> Given { get; init; } = ImmutableDictionary<int, Gift>.Empty;

    // By shard: who said that he leads it, until a look at the rows that was begun later says whether he does.
    private ImmutableDictionary<int, LeadNews> News { get; init; } = ImmutableDictionary<int, LeadNews>.Empty;

    private enum Phase
    {
        Asking,
        Taking,
        CatchingUp,
        Leading,
        Draining,
    }

    /// <summary>Before the first view.</summary>
    public static RegionState Begin(NodeIncarnation self, string name, RegionSettings settings) => new(self, name, settings);

    /// <summary>What follows from something that was learned.</summary>
    public (RegionState Next, ImmutableArray<RegionEffect> Effects) On(RegionEvent happened)
    {
        var effects = ImmutableArray.CreateBuilder<RegionEffect>();
        RegionState next = happened switch
        {
            RegionEvent.Ticked => Look(effects),
            RegionEvent.Hurried => LookAtPlan(effects),
            RegionEvent.ViewChanged changed => this with { View = changed.View },
            RegionEvent.PlanRead or RegionEvent.PlanUnchanged or RegionEvent.ReadFailed { WasPlan: true } when IsPlanReadOld =>
                (this with { IsReadingPlan = false, IsPlanReadOld = false }).LookAtPlan(effects),

            // Whatever its version: a store that came back with less than it had says so with a lower one. No answer overtakes another, there is one look at a time.
            RegionEvent.PlanRead read => this with { IsReadingPlan = false, HasReadPlan = true, Plan = read.Plan, PlanVersion = read.Version },
            RegionEvent.PlanUnchanged => this with { IsReadingPlan = false, HasReadPlan = true },
            RegionEvent.PlanWriteEnded => (this with { IsWritingPlan = false, IsPlanReadOld = IsReadingPlan, HasReadPlan = false }).LookAtPlan(effects),
            RegionEvent.RowsRead read => OnRows(read.Rows, effects),
            RegionEvent.ReadFailed { WasPlan: true } => this with { IsReadingPlan = false },
            RegionEvent.ReadFailed => this with { IsReadingRows = false },
            RegionEvent.TakeEnded ended => OnTakeEnded(ended, effects),
            RegionEvent.CatchUpEnded ended => OnCatchUpEnded(ended, effects),
            RegionEvent.HandOffAsked asked => OnHandOffAsked(asked, effects),
            RegionEvent.Drained drained => OnDrained(drained.Shard, effects),
            RegionEvent.HandOffAnswered answered => OnHandOffAnswered(answered, effects),
            RegionEvent.Fenced fenced => OnFenced(fenced, effects),
            RegionEvent.LeaderTold told => OnLeaderTold(told),
            _ => this,
        };
        return (next.Decide(happened as RegionEvent.Ticked, effects), effects.ToImmutable());
    }

    private RegionState LookAtPlan(ImmutableArray<RegionEffect>.Builder effects)
    {
        if (IsReadingPlan || IsWritingPlan)
        {
            return this;
        }

        bool whole = PlanLooks >= _settings.PlanLooksMax;
        effects.Add(new RegionEffect.ReadPlan(whole ? 0 : PlanVersion));
        return this with { IsReadingPlan = true, PlanLooks = whole ? 0 : PlanLooks + 1 };
    }

    private RegionState Look(ImmutableArray<RegionEffect>.Builder effects)
    {
        RegionState next = LookAtPlan(effects);
        if (!IsReadingRows)
        {
            effects.Add(new RegionEffect.ReadRows());
        }

        return next with
        {
            IsReadingRows = true, LooksUnanswered = LooksUnanswered + 1,
            ChangedWhileReading = IsReadingRows ? ChangedWhileReading : [],
            Given = Given.IsEmpty ? Given : Given.ToImmutableDictionary(static given => given.Key, static given => given.Value with { TicksLeft = given.Value.TicksLeft - 1 }),
        };
    }

    private RegionState OnRows(ImmutableArray<ShardOwnership> rows, ImmutableArray<RegionEffect>.Builder effects)
    {
        RegionState next = this with
        {
            IsReadingRows = false,
            LooksUnanswered = 0,
            Rows = [.. rows.Select(row => ChangedWhileReading.Contains(row.Shard) ? Rows[row.Shard] : row)],
            Given = Given.RemoveRange(Given.Where(given => rows[given.Key].Epoch > given.Value.Epoch).Select(static given => given.Key)),

            // The look may have been begun before he took it; the next one was not, and counts whatever it says: a store may have lost what it had.
            News = News.Where(told => told.Value.IsLookOlder && rows[told.Key].Epoch < told.Value.Epoch)
                .ToImmutableDictionary(static told => told.Key, static told => told.Value with { IsLookOlder = false }),
        };
        foreach ((int shard, Holding held) in Holdings)
        {
            bool isOurs = held.Phase is Phase.CatchingUp or Phase.Leading or Phase.Draining;
            if (isOurs && !next.Rows[shard].IsSameTerm(held.Row.Epoch, held.Row.Token))
            {
                next = next.Lose(shard, held, effects);
            }
        }

        return next;
    }

    private RegionState OnTakeEnded(RegionEvent.TakeEnded ended, ImmutableArray<RegionEffect>.Builder effects)
    {
        if (Holdings.GetValueOrDefault(ended.Shard) is not { Phase: Phase.Taking })
        {
            return this;
        }

        if (ended.Row is not { } row)
        {
            // Somebody was faster, or it is ours and we do not know it: the rows say.
            return this with { Holdings = Holdings.Remove(ended.Shard), Rows = Rows.SetItem(ended.Shard, Rows[ended.Shard] with { Epoch = -1 }) };
        }

        effects.Add(new RegionEffect.CatchUp(row));
        return this with
        {
            Holdings = Holdings.SetItem(row.Shard, new Holding(Phase.CatchingUp, row)),
            Rows = Rows.SetItem(row.Shard, row),
            ChangedWhileReading = IsReadingRows ? ChangedWhileReading.Add(row.Shard) : [],
        };
    }

    private RegionState OnCatchUpEnded(RegionEvent.CatchUpEnded ended, ImmutableArray<RegionEffect>.Builder effects)
    {
        if (Holdings.GetValueOrDefault(ended.Shard) is not { Phase: Phase.CatchingUp } held)
        {
            return this;
        }

        if (ended.Row is not { } row)
        {
            // Not at once again: with the next look at the rows.
            return this with { Holdings = Holdings.Remove(ended.Shard), Rows = Rows.SetItem(ended.Shard, Rows[ended.Shard] with { Epoch = -1 }) };
        }

        if (!row.IsSameTerm(held.Row.Epoch, held.Row.Token))
        {
            // Of an acquisition before this one.
            return this;
        }

        effects.Add(new RegionEffect.BeginLead(row));
        return this with { Holdings = Holdings.SetItem(ended.Shard, held with { Phase = Phase.Leading, Row = row }) };
    }

    private RegionState OnHandOffAsked(RegionEvent.HandOffAsked asked, ImmutableArray<RegionEffect>.Builder effects)
    {
        Holding? held = Holdings.GetValueOrDefault(asked.Shard);
        if (held is { Phase: Phase.Leading } && held.Row.Epoch == asked.SeenEpoch && !asked.KeepsRecords)
        {
            effects.Add(new RegionEffect.Drain(asked.Shard));
            return this with { Holdings = Holdings.SetItem(asked.Shard, held with { Phase = Phase.Draining, Asker = asked.By, Request = asked.Request }) };
        }

        // What we do not hold we do not keep from anybody; what is on its way to us, or being drained for another, we do. Draining waits for the journal: what it
        // does not have yet may take as long as the store is away, and as the spool then takes; the shard is led until then.
        effects.Add(new RegionEffect.AnswerHandOff(asked.By, asked.Shard, asked.Request, MayTake: held is null));
        return this;
    }

    private RegionState OnDrained(int shard, ImmutableArray<RegionEffect>.Builder effects)
    {
        if (Holdings.GetValueOrDefault(shard) is not { Phase: Phase.Draining } held)
        {
            return this;
        }

        effects.Add(new RegionEffect.AnswerHandOff(held.Asker, shard, held.Request, MayTake: true));
        return this with { Holdings = Holdings.Remove(shard), Given = Given.SetItem(shard, new Gift(held.Asker, held.Row.Epoch, _settings.GivenTicksMax)) };
    }

    private RegionState OnHandOffAnswered(RegionEvent.HandOffAnswered answered, ImmutableArray<RegionEffect>.Builder effects)
    {
        if (Holdings.GetValueOrDefault(answered.Shard) is not { Phase: Phase.Asking } held)
        {
            return this;
        }

        return answered.MayTake ? BeginTake(answered.Shard, held.Row, effects) : this with { Holdings = Holdings.Remove(answered.Shard) };
    }

    private RegionState OnFenced(RegionEvent.Fenced fenced, ImmutableArray<RegionEffect>.Builder effects) =>
        Holdings.GetValueOrDefault(fenced.Shard) is { Phase: Phase.Leading or Phase.Draining } held && held.Row.Epoch == fenced.Epoch
            ? Lose(fenced.Shard, held, effects)
            : this;

    // It says where samples are to be sent, and no more: who leads by an older epoch is fenced by the journal.
    private RegionState OnLeaderTold(RegionEvent.LeaderTold told)
    {
        bool isNews = told.Shard >= 0 && told.Shard < Rows.Length && told.Epoch > Rows[told.Shard].Epoch
            && !(News.TryGetValue(told.Shard, out LeadNews? known) && known.Epoch >= told.Epoch);
        return isNews ? this with { News = News.SetItem(told.Shard, new LeadNews(told.By, told.Epoch, IsLookOlder: IsReadingRows)) } : this;
    }

    private RegionState Lose(int shard, Holding held, ImmutableArray<RegionEffect>.Builder effects)
    {
        if (held.Phase is Phase.Leading or Phase.Draining)
        {
            effects.Add(new RegionEffect.EndLead(shard));
        }

        if (held.Phase == Phase.Draining)
        {
            effects.Add(new RegionEffect.AnswerHandOff(held.Asker, shard, held.Request, MayTake: false));
        }

        // What the row is now we learn with the next look; until then nothing is decided on it.
        return this with { Holdings = Holdings.Remove(shard), Rows = Rows.SetItem(shard, Rows[shard].IsSameTerm(held.Row.Epoch, held.Row.Token) ? Rows[shard] with { Epoch = -1 } : Rows[shard]) };
    }

    private RegionState Decide(RegionEvent.Ticked? tick, ImmutableArray<RegionEffect>.Builder effects)
    {
        RegionState next = KeepPlan(effects);
        if (next.Plan is not { } plan || View.Find(_self) is not { Status: MemberStatus.Up })
        {
            return next;
        }

        int pace = Math.Clamp(Pace, Math.Min(_settings.HandOffsAtFirst, _settings.HandOffsPerTick), _settings.HandOffsPerTick);
        bool isHeld = tick is { IsStarting: true } && TicksHeld < _settings.HandOffsHeldMax;
        int handOffs = tick is null || isHeld ? 0 : pace;
        for (int shard = 0; shard < Math.Min(plan.Shards.Length, Rows.Length); shard++)
        {
            ShardOwnership row = next.Rows[shard];
            if (plan.Shards[shard].Leader != _name || next.Holdings.ContainsKey(shard) || row.Epoch < 0 || next.IsGiven(shard))
            {
                continue;
            }

            // What is ours already and not held is taken anew: two leads never share a token.
            if (row.Owner != _self && View.Find(row.Owner) is { Status: not MemberStatus.Dead } owner)
            {
                if (handOffs-- > 0)
                {
                    effects.Add(new RegionEffect.AskHandOff(owner, shard, row.Epoch));
                    next = next with { Holdings = next.Holdings.SetItem(shard, new Holding(Phase.Asking, row)) };
                }
            }
            else
            {
                next = next.BeginTake(shard, row, effects);
            }
        }

        if (tick is null)
        {
            return next;
        }

        // Faster while all that may be asked for is needed and starts at once, from the beginning after anything else.
        bool isFull = !tick.IsStarting && handOffs <= 0 && pace > 0;
        return next with { Pace = isFull ? pace * 2 : 0, TicksHeld = isHeld ? TicksHeld + 1 : 0 };
    }

    // Not for ever: who asked for it may have thought better of it, or have died.
    private bool IsGiven(int shard) => Given.TryGetValue(shard, out Gift? gift) && gift.TicksLeft > 0 && View.Find(gift.To) is { Status: not MemberStatus.Dead };

    private RegionState BeginTake(int shard, ShardOwnership row, ImmutableArray<RegionEffect>.Builder effects)
    {
        effects.Add(new RegionEffect.Take(shard, row.Epoch));
        return this with { Holdings = Holdings.SetItem(shard, new Holding(Phase.Taking, row)) };
    }

    private RegionState KeepPlan(ImmutableArray<RegionEffect>.Builder effects)
    {
        Member[] stores = [.. View.Members.Where(static member => member is { Status: MemberStatus.Up, IsStore: true })];
        if (!HasReadPlan || IsWritingPlan || Rows.Length == 0 || stores.Length == 0 || stores[0].Incarnation != _self)
        {
            return this;
        }

        PlacementPlan next = PlacementPlanner.Next(
            Plan ?? PlacementPlan.Nowhere(Rows.Length), _settings.Replicas,
            [.. stores.Select(static member => new PlacementNode(member.Name, member.Zone, member.Weight))]);
        if (next.Equals(Plan))
        {
            return this;
        }

        effects.Add(new RegionEffect.WritePlan(PlanVersion, next));
        return this with { IsWritingPlan = true };
    }

    private sealed record LeadNews(NodeIncarnation Leader, long Epoch, bool IsLookOlder);

    private sealed record Gift(NodeIncarnation To, long Epoch, int TicksLeft);

    private sealed record Holding(Phase Phase, ShardOwnership Row)
    {
        public NodeIncarnation Asker { get; init; }

        public long Request { get; init; }
    }
}
