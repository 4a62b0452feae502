using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Pleiad.Storage.Tests;

/// <summary>What happens at the call that fails.</summary>
public enum Fault
{
    /// <summary>Nothing is done.</summary>
    Error,

    /// <summary>No space: of an append half is written.</summary>
    DiskFull,

    /// <summary>Of an append half is written, then an error.</summary>
    Torn,

    /// <summary>The machine stops: this call and all later ones fail, and what was not flushed is gone.</summary>
    PowerCut,

    /// <summary>As a power cut, but any part of what was not flushed is there, in pieces.</summary>
    PowerCutTorn,
}

/// <summary>A file system in memory that knows what has been flushed, and fails its Nth changing call.</summary>
internal sealed class FaultyFiles(int seed = 1) : IFiles
{
    private readonly Dictionary<string, Node> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _locks = [];
    private readonly Random _random = new(seed);
    private readonly ConcurrentDictionary<Mapped, string> _mapped = new();

    // A start works on several shards side by side.
    private readonly Lock _gate = new();
    private Dictionary<string, Node> _durableNames = new(StringComparer.Ordinal);
    private bool _down;

    /// <summary>Changing calls so far.</summary>
    public int Calls { get; private set; }

    /// <summary>The call to fail, from 1; 0 for none.</summary>
    public int FailAt { get; set; }

    /// <summary>How it fails.</summary>
    public Fault Fault { get; set; }

    /// <summary>Whether every append from now on finds the disk full.</summary>
    public bool IsFull { get; set; }

    /// <summary>Whether no file can be deleted.</summary>
    public bool RefusesDeletes { get; set; }

    /// <summary>Whether no file can be cut.</summary>
    public bool RefusesTruncate { get; set; }

    /// <summary>What a flush of a file is busy with before it is done.</summary>
    public Action OnFlush { get; set; } = static () => { };

    /// <summary>Told of every file that is mapped.</summary>
    public Action<string> OnMap { get; set; } = static _ => { };

    /// <summary>Which byte of which file cannot be read.</summary>
    public Func<string, long, bool> IsUnreadable { get; set; } = static (_, _) => false;

    /// <summary>Whether the failing call has come.</summary>
    public bool HasFailed => FailAt > 0 && Calls >= FailAt;

    /// <summary>The machine starts again: what was flushed is there, locks are gone.</summary>
    public void Restart(bool keepsUnflushed)
    {
        _down = false;
        FailAt = 0;
        _locks.Clear();
        if (keepsUnflushed)
        {
            return;
        }

        _names.Clear();
        foreach ((string name, Node node) in _durableNames)
        {
            node.ForgetUnflushed(Fault == Fault.PowerCutTorn ? _random : null);
            _names.Add(name, node);
        }
    }

    /// <summary>The bytes of a file, to look at and to damage.</summary>
    public byte[] Bytes(string path) => _names[path].Content.ToArray();

    public void SetBytes(string path, byte[] bytes) => _names[path].Replace(bytes);

    /// <summary>Files that are mapped at the moment.</summary>
    public IEnumerable<string> PathsMapped => _mapped.Values.Order(StringComparer.Ordinal);

    public IEnumerable<string> Paths => _names.Keys.Order(StringComparer.Ordinal);

    public bool Exists(string path)
    {
        lock (_gate)
        {
            return _names.ContainsKey(path);
        }
    }

    public void CreateDirectory(string path)
    {
    }

    public IReadOnlyList<string> List(string directory)
    {
        lock (_gate)
        {
            return [.. _names.Keys.Where(name => Path.GetDirectoryName(name) == directory).Select(name => Path.GetFileName(name)).Order(StringComparer.Ordinal)];
        }
    }

    public IFile Create(string path)
    {
        lock (_gate)
        {
            Change(path);
            var node = new Node();
            _names[path] = node;
            return new Handle(this, path, node);
        }
    }

    public IFile OpenRead(string path) => OpenWrite(path);

    public IFile OpenWrite(string path)
    {
        lock (_gate)
        {
            ThrowIfDown();
            return new Handle(this, path, _names.TryGetValue(path, out Node? node) ? node : throw new FileNotFoundException(path));
        }
    }

    public void Rename(string from, string to)
    {
        lock (_gate)
        {
            Change(to);
            _names[to] = _names[from];
            _names.Remove(from);
        }
    }

    public void Delete(string path)
    {
        lock (_gate)
        {
            Change(path);
            if (RefusesDeletes)
            {
                throw new IOException($"{path} cannot be deleted");
            }

            _names.Remove(path);
        }
    }

    public void FlushDirectory(string path)
    {
        lock (_gate)
        {
            Change(path);
            var durable = new Dictionary<string, Node>(_durableNames.Where(pair => Path.GetDirectoryName(pair.Key) != path), StringComparer.Ordinal);
            foreach ((string name, Node node) in _names)
            {
                if (Path.GetDirectoryName(name) == path)
                {
                    durable.Add(name, node);
                }
            }

            _durableNames = durable;
        }
    }

    public IMappedBytes Map(string path)
    {
        OnMap(path);
        lock (_gate)
        {
            ThrowIfDown();
            var mapped = new Mapped(this, _names.TryGetValue(path, out Node? node) ? node.Content.ToArray() : throw new FileNotFoundException(path));
            _mapped[mapped] = path;
            return mapped;
        }
    }

    public IDisposable Lock(string path)
    {
        ThrowIfDown();
        return _locks.Add(path) ? new Held(this, path) : throw new IOException("the lock is held");
    }

    private void ThrowIfDown()
    {
        if (_down)
        {
            throw new IOException("the machine has stopped");
        }
    }

    // Returns when the call may go on; throws for the one that fails.
    private void Change(string path, Action<Random>? half = null)
    {
        lock (_gate)
        {
            ThrowIfDown();
            Calls++;
            if (Calls != FailAt)
            {
                return;
            }

            switch (Fault)
            {
                case Fault.DiskFull:
                    half?.Invoke(_random);
                    throw new DiskFullException(path);
                case Fault.Torn:
                    half?.Invoke(_random);
                    throw new IOException("input/output error (injected, torn)");
                case Fault.PowerCut or Fault.PowerCutTorn:
                    half?.Invoke(_random);
                    _down = true;
                    throw new IOException("the machine has stopped (injected)");
                default:
                    throw new IOException("input/output error (injected)");
            }
        }
    }

    private sealed class Node
    {
        private byte[] _flushed = [];

        public List<byte> Content { get; } = [];

        public void Flush() => _flushed = [.. Content];

        public void Replace(byte[] bytes)
        {
            Content.Clear();
            Content.AddRange(bytes);
            Flush();
        }

        // The device has what was flushed and, in a torn stop, any prefix of the rest with some of it left zero.
        public void ForgetUnflushed(Random? random)
        {
            byte[] all = [.. Content];
            Content.Clear();
            Content.AddRange(_flushed);
            if (random is not null && all.Length > _flushed.Length)
            {
                int kept = random.Next(all.Length - _flushed.Length + 1);
                byte[] tail = all[_flushed.Length..(_flushed.Length + kept)];
                if (kept > 0 && random.Next(2) == 0)
                {
                    Array.Clear(tail, 0, random.Next(kept));
                }

                Content.AddRange(tail);
            }

            _flushed = [.. Content];
        }
    }

    private sealed class Handle(FaultyFiles owner, string path, Node node) : IFile
    {
        public long Length => node.Content.Count;

        public void Append(ReadOnlySpan<byte> bytes)
        {
            byte[] all = bytes.ToArray();
            if (owner.IsFull)
            {
                node.Content.AddRange(all[..(all.Length / 2)]);
                throw new DiskFullException(path);
            }

            owner.Change(path, random => node.Content.AddRange(all[..random.Next(all.Length + 1)]));
            node.Content.AddRange(all);
        }

        public int Read(long at, Span<byte> into)
        {
            owner.ThrowIfDown();
            int count = (int)Math.Max(0, Math.Min(into.Length, node.Content.Count - at));
            for (int i = 0; i < count; i++)
            {
                if (owner.IsUnreadable(path, at + i))
                {
                    throw new IOException("input/output error (injected)");
                }
            }

            CollectionsMarshal.AsSpan(node.Content).Slice((int)at, count).CopyTo(into);
            return count;
        }

        public void Truncate(long length)
        {
            owner.Change(path);
            if (owner.RefusesTruncate)
            {
                throw new IOException($"{path} cannot be cut");
            }

            node.Content.RemoveRange((int)length, node.Content.Count - (int)length);
        }

        public void Flush()
        {
            owner.OnFlush();
            owner.Change(path);
            node.Flush();
        }

        [SuppressMessage("Usage", "CA1816", Justification = "there is nothing to finalize")]
        public void Dispose()
        {
        }
    }

    // What is read after it was let go is not there any more.
    private sealed class Mapped(FaultyFiles owner, byte[] bytes) : IMappedBytes
    {
        private byte[]? _bytes = bytes;

        public ReadOnlySpan<byte> Bytes => _bytes ?? throw new ObjectDisposedException(nameof(IMappedBytes));

        public void Dispose()
        {
            _bytes = null;
            owner._mapped.TryRemove(this, out _);
        }
    }

    private sealed class Held(FaultyFiles owner, string path) : IDisposable
    {
        public void Dispose() => owner._locks.Remove(path);
    }
}
