namespace Pleiad.Kernel;

/// <summary>
/// Where the shards go: a pure function, so that all nodes that know the same plan and the same members decide the same.
/// Copies of a shard are on different nodes, and in different zones where there are enough; nodes have their shares to within one;
/// nothing moves that need not.
/// </summary>
public static class PlacementPlanner
{
    /// <summary>The plan that follows.</summary>
    /// <param name="current">As things are.</param>
    /// <param name="replicas">Copies of each shard, the leader's included; fewer where there are fewer nodes.</param>
    /// <param name="nodes">Who may hold shards, in any order. When there is nobody the plan stays as it is: who returns finds its shards.</param>
    public static PlacementPlan Next(PlacementPlan current, int replicas, IReadOnlyCollection<PlacementNode> nodes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(replicas);
        if (nodes.Count == 0)
        {
            return current;
        }

        PlacementNode[] sorted = [.. nodes.OrderBy(static node => node.Name, StringComparer.Ordinal)];
        return new Run(current, Math.Min(replicas, sorted.Length), sorted).Next();
    }

    /// <summary>One planning. Nodes and shards go by their indices; the first of a shard's holders leads.</summary>
    private sealed class Run
    {
        private readonly int _replicas;
        private readonly PlacementNode[] _nodes;
        private readonly List<int>[] _holders;

        // The shards of each node in their order: with a thousand nodes nobody can look at all shards for each pair of them.
        private readonly List<int>[] _held;
        private readonly int[] _zones;
        private readonly ulong[] _names;
        private readonly int[] _copies;
        private readonly int[] _leads;
        private readonly double[] _shareOfCopies;
        private readonly double[] _shareOfLeads;
        private readonly bool _zonesSuffice;

        public Run(PlacementPlan current, int replicas, PlacementNode[] nodes)
        {
            _replicas = replicas;
            _nodes = nodes;
            var indices = nodes.Select(static (node, i) => (node.Name, i)).ToDictionary(static node => node.Name, static node => node.i, StringComparer.Ordinal);
            string[] zones = [.. nodes.Select(ZoneOf).Distinct(StringComparer.Ordinal)];
            _zonesSuffice = zones.Length >= replicas;
            var zoneNumbers = zones.Select(static (zone, i) => (zone, i)).ToDictionary(static zone => zone.zone, static zone => zone.i, StringComparer.Ordinal);
            _zones = [.. nodes.Select(node => zoneNumbers[ZoneOf(node)])];
            _names = [.. nodes.Select(static node => Rendezvous.HashOf(node.Name))];
            _held = [.. nodes.Select(static _ => new List<int>())];
            _holders = [.. current.Shards.Select(shard => shard.All.Where(indices.ContainsKey).Select(name => indices[name]).ToList())];
            _copies = new int[nodes.Length];
            _leads = new int[nodes.Length];
            _shareOfCopies = Shares(nodes, current.Shards.Length * replicas, most: current.Shards.Length);
            _shareOfLeads = Shares(nodes, current.Shards.Length, most: current.Shards.Length);
        }

        public PlacementPlan Next()
        {
            for (int shard = 0; shard < _holders.Length; shard++)
            {
                DropSurplus(shard);
                _holders[shard].ForEach(node => _copies[node]++);
            }

            for (int shard = 0; shard < _holders.Length; shard++)
            {
                Fill(shard);
            }

            for (int shard = 0; shard < _holders.Length; shard++)
            {
                _holders[shard].ForEach(node => _held[node].Add(shard));
            }

            Level(_copies, _shareOfCopies, StepOfACopy);
            for (int shard = 0; shard < _holders.Length; shard++)
            {
                _leads[_holders[shard][0]]++;
            }

            Level(_leads, _shareOfLeads, StepOfALead);
            return new PlacementPlan([.. _holders.Select(holders => new ShardReplicas(_nodes[holders[0]].Name, [.. holders.Skip(1).Select(node => _nodes[node].Name)]))]);
        }

        // A zone without a name is the node itself.
        private static string ZoneOf(PlacementNode node) => node.Zone.Length > 0 ? "zone " + node.Zone : "node " + node.Name;

        // What each node should have. A node has a shard once at most, so what is beyond that goes to the others.
        private static double[] Shares(PlacementNode[] nodes, int total, int most)
        {
            var shares = new double[nodes.Length];
            var open = Enumerable.Range(0, nodes.Length).ToList();
            double left = total;
            while (open.Count > 0)
            {
                double weight = open.Sum(node => nodes[node].Weight);
                List<int> full = [.. open.Where(node => left * nodes[node].Weight / weight >= most)];
                if (full.Count == 0)
                {
                    open.ForEach(node => shares[node] = left * nodes[node].Weight / weight);
                    break;
                }

                full.ForEach(node => shares[node] = most);
                left -= (double)full.Count * most;
                open.RemoveAll(full.Contains);
            }

            return shares;
        }

        // Copies too many, the worst placed first: of two in one zone, where zones could be apart, the one behind.
        private void DropSurplus(int shard)
        {
            List<int> holders = _holders[shard];
            for (int i = holders.Count - 1; _zonesSuffice && i > 0; i--)
            {
                if (!IsApart(holders, holders[i], except: i))
                {
                    holders.RemoveAt(i);
                }
            }

            if (holders.Count > _replicas)
            {
                holders.RemoveRange(_replicas, holders.Count - _replicas);
            }
        }

        // Zones apart come before shares, shares before scores.
        private void Fill(int shard)
        {
            List<int> holders = _holders[shard];
            while (holders.Count < _replicas)
            {
                int best = -1;
                (bool Apart, bool Room, double Score) bestRank = default;
                for (int node = 0; node < _nodes.Length; node++)
                {
                    if (holders.Contains(node))
                    {
                        continue;
                    }

                    (bool, bool, double) rank = (
                        IsApart(holders, node, except: -1), _copies[node] < _shareOfCopies[node], ScoreOf(node, shard));
                    if (best < 0 || rank.CompareTo(bestRank) > 0)
                    {
                        (best, bestRank) = (node, rank);
                    }
                }

                holders.Add(best);
                _copies[best]++;
            }
        }

        private double ScoreOf(int node, int shard) => Rendezvous.Score(_names[node], _nodes[node].Weight, shard);

        private bool IsApart(List<int> holders, int node, int except)
        {
            for (int i = 0; i < holders.Count; i++)
            {
                if (i != except && _zones[holders[i]] == _zones[node])
                {
                    return false;
                }
            }

            return true;
        }

        // While somebody has more than his share and somebody else less, one thing goes from the one to the other: over others in
        // between where the two have nothing that could go directly. What does not level any more stays.
        private void Level(int[] counts, double[] shares, Func<int, int, int> stepOf)
        {
            // Each move brings two nodes nearer to their shares; the bound is for moves that were broken off half way.
            for (int moves = 0; moves <= 2 * _holders.Length * _replicas; moves++)
            {
                int[] over = [.. Enumerable.Range(0, counts.Length).Where(node => counts[node] >= shares[node] + 1 - 1e-9).OrderByDescending(node => counts[node] - shares[node])];
                int[] above = over.Length > 0 ? over
                    : [.. Enumerable.Range(0, counts.Length).Where(node => counts[node] > shares[node] + 1e-9).OrderByDescending(node => counts[node] - shares[node])];
                double lacking = over.Length > 0 ? 1e-9 : 1 - 1e-9;
                bool isLackedAnywhere = Enumerable.Range(0, counts.Length).Any(node => shares[node] - counts[node] >= lacking);
                if (!isLackedAnywhere || !above.Any(node => MoveOneFrom(node, counts, other => shares[other] - counts[other] >= lacking, stepOf)))
                {
                    return;
                }
            }
        }

        private bool MoveOneFrom(int start, int[] counts, Func<int, bool> lacks, Func<int, int, int> stepOf)
        {
            var cameFrom = new int[counts.Length];
            Array.Fill(cameFrom, -1);
            cameFrom[start] = start;
            var queue = new Queue<int>([start]);
            while (queue.TryDequeue(out int node))
            {
                for (int next = 0; next < counts.Length; next++)
                {
                    if (cameFrom[next] >= 0 || stepOf(node, next) < 0)
                    {
                        continue;
                    }

                    cameFrom[next] = node;
                    if (lacks(next))
                    {
                        return Shift(start, next, cameFrom, counts, stepOf);
                    }

                    queue.Enqueue(next);
                }
            }

            return false;
        }

        // From the end to the beginning: each one takes before it gives, so a step may have become impossible; what was moved until then is as good as before.
        private bool Shift(int start, int end, int[] cameFrom, int[] counts, Func<int, int, int> stepOf)
        {
            for (int to = end; to != start; to = cameFrom[to])
            {
                int from = cameFrom[to];
                int shard = stepOf(from, to);
                if (shard < 0)
                {
                    return to != end;
                }

                Give(shard, from, to, counts);
            }

            return true;
        }

        private void Give(int shard, int from, int to, int[] counts)
        {
            List<int> holders = _holders[shard];
            if (ReferenceEquals(counts, _leads))
            {
                int at = holders.IndexOf(to);
                (holders[0], holders[at]) = (to, from);
            }
            else
            {
                holders[holders.IndexOf(from)] = to;
                _held[from].Remove(shard);
                _held[to].Insert(~_held[to].BinarySearch(shard), shard);
            }

            counts[from]--;
            counts[to]++;
        }

        // The shard whose copy goes best from one node to another; -1 when none may. A follower's copy rather than a leader's.
        private int StepOfACopy(int from, int to)
        {
            int best = -1;
            (bool Follows, double Score) bestRank = default;
            foreach (int shard in _held[from])
            {
                List<int> holders = _holders[shard];
                int at = holders.IndexOf(from);
                if (holders.Contains(to) || (_zonesSuffice && !IsApart(holders, to, except: at)))
                {
                    continue;
                }

                (bool, double) rank = (at > 0, ScoreOf(to, shard));
                if (best < 0 || rank.CompareTo(bestRank) > 0)
                {
                    (best, bestRank) = (shard, rank);
                }
            }

            return best;
        }

        // A shard that one node leads and the other follows; -1 when there is none. Its copies stay where they are.
        private int StepOfALead(int from, int to)
        {
            int best = -1;
            double bestScore = 0;
            foreach (int shard in _held[from])
            {
                if (_holders[shard][0] == from && _holders[shard].Contains(to) && from != to)
                {
                    double score = ScoreOf(to, shard);
                    if (best < 0 || score > bestScore)
                    {
                        (best, bestScore) = (shard, score);
                    }
                }
            }

            return best;
        }
    }
}
