using System.Buffers;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Pleiad.Scraping;

/// <summary>
/// The bytes of one page in one piece, growing while they come in. Small pages live in pooled arrays; large ones in memory that goes
/// back to the system with the page, so that a hostile target leaves nothing behind.
/// </summary>
/// <remarks>Large memory grows by <c>realloc</c>, which moves pages instead of copying them: no moment holds two copies.</remarks>
internal sealed unsafe class PageBuffer : MemoryManager<byte>
{
    private const int InitialBytes = 16 * 1024;

    private readonly PagePool _pool;
    private byte[]? _pooled;
    private byte* _native;
    private int _capacity;

    /// <param name="pool">Of the arrays of small ones.</param>
    /// <param name="expectedBytes">As many fit without growing; 0 = unknown.</param>
    public PageBuffer(PagePool pool, int expectedBytes)
    {
        _pool = pool;
        Reserve(Math.Max(expectedBytes, InitialBytes));
    }

    ~PageBuffer() => Release();

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>What has been written.</summary>
    public ReadOnlySpan<byte> Written => Whole[..Length];

    /// <summary>Where the next bytes go; empty once it is full.</summary>
    public Memory<byte> Free => _pooled is not null ? _pooled.AsMemory(Length, _capacity - Length) : CreateMemory(Length, _capacity - Length);

    public bool IsFull => Length == _capacity;

    private Span<byte> Whole => _pooled is not null ? _pooled.AsSpan(0, _capacity) : new Span<byte>(_native, _capacity);

    /// <summary>Takes over bytes that were written to <see cref="Free"/>.</summary>
    public void Advance(int count)
    {
        Debug.Assert(count >= 0 && count <= _capacity - Length);
        Length += count;
    }

    /// <summary>Makes room, twice as much as before, at most so much in all.</summary>
    public void Grow(int bytesMax)
    {
        Debug.Assert(bytesMax > _capacity);
        Reserve((int)Math.Min(2L * _capacity, bytesMax));
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => Whole;

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        if (_pooled is not null)
        {
            return _pooled.AsMemory(elementIndex).Pin();
        }

        return new MemoryHandle(_native + elementIndex);
    }

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Reserve(int capacity)
    {
        if (capacity <= PagePool.BytesMax)
        {
            byte[] larger = _pool.Rent(capacity);
            Written.CopyTo(larger);
            ReturnPooled();
            _pooled = larger;
            _capacity = larger.Length;
            return;
        }

        if (_pooled is null)
        {
            _native = (byte*)NativeMemory.Realloc(_native, (nuint)capacity);
        }
        else
        {
            _native = (byte*)NativeMemory.Alloc((nuint)capacity);
            Written.CopyTo(new Span<byte>(_native, capacity));
            ReturnPooled();
        }

        _capacity = capacity;
    }

    private void ReturnPooled()
    {
        if (_pooled is not null)
        {
            _pool.Return(_pooled);
            _pooled = null;
        }
    }

    private void Release()
    {
        ReturnPooled();
        NativeMemory.Free(_native);
        _native = null;
        _capacity = 0;
        Length = 0;
    }
}
