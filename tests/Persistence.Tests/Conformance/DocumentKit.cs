using System.Text;
using Pleiad.Kernel;

namespace Pleiad.Persistence.Tests;

public abstract class DocumentKit(IStoreMaker stores) : StoreKit(stores)
{
    private static ReadOnlyMemory<byte> Body(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(Document? document) => Encoding.UTF8.GetString(document!.Body.Span);

    private static DocumentWrite Written(long version) => new(DocumentResult.Written, version);

    private static DocumentWrite Conflict(long version) => new(DocumentResult.Conflict, version);

    [SkippableFact]
    public async Task A_document_is_changed_only_by_who_has_seen_its_last_version()
    {
        await using IClusterStore store = await StoreAsync();
        IDocumentStore documents = store.Documents;
        Assert.Null(await documents.GetAsync("dashboard", "a", Never));
        Assert.Equal(Conflict(0), await documents.PutAsync("dashboard", "a", 1, Body("?"), Never));
        Assert.Equal(Written(1), await documents.PutAsync("dashboard", "a", 0, Body("one"), Never));
        Assert.Equal(Conflict(1), await documents.PutAsync("dashboard", "a", 0, Body("?"), Never));
        Assert.Equal(Written(2), await documents.PutAsync("dashboard", "a", 1, Body("two"), Never));
        Assert.Equal(Conflict(2), await documents.PutAsync("dashboard", "a", 1, Body("?"), Never));
        Document? found = await documents.GetAsync("dashboard", "a", Never);
        Assert.Equal(("two", 2L), (Text(found), found!.Version));
        Assert.Null(await documents.GetAsync("silence", "a", Never));
    }

    [SkippableFact]
    public async Task Versions_go_on_after_a_deletion()
    {
        await using IClusterStore store = await StoreAsync();
        IDocumentStore documents = store.Documents;
        await documents.PutAsync("user", "u", 0, Body("one"), Never);
        Assert.Equal(Conflict(1), await documents.DeleteAsync("user", "u", 7, Never));
        Assert.Equal(Written(2), await documents.DeleteAsync("user", "u", 1, Never));
        Assert.Null(await documents.GetAsync("user", "u", Never));
        Assert.Empty(await documents.ListAsync("user", "", 10, Never));
        Assert.Equal(Conflict(0), await documents.DeleteAsync("user", "u", 2, Never));
        Assert.Equal(Conflict(0), await documents.DeleteAsync("user", "u", 0, Never));
        Assert.Equal(Conflict(0), await documents.PutAsync("user", "u", 1, Body("?"), Never));
        Assert.Equal(Written(3), await documents.PutAsync("user", "u", 0, Body("three"), Never));
        Assert.Equal("three", Text(await documents.GetAsync("user", "u", Never)));
    }

    [SkippableFact]
    public async Task A_list_is_in_the_order_of_code_points_and_comes_in_pages()
    {
        await using IClusterStore store = await StoreAsync();
        // U+1F600 is two surrogates in UTF-16, which would sort it before U+FB01.
        string[] sorted = ["A", "Z", "a", "b", "é", "\uFB01", "\U0001F600"];
        foreach (string id in sorted.Reverse())
        {
            await store.Documents.PutAsync("k", id, 0, Body(id), Never);
        }

        await store.Documents.PutAsync("other", "c", 0, Body(""), Never);
        IReadOnlyList<Document> first = await store.Documents.ListAsync("k", "", 4, Never);
        IReadOnlyList<Document> second = await store.Documents.ListAsync("k", first[^1].Id, 4, Never);
        Assert.Equal(sorted, first.Concat(second).Select(document => document.Id));
        Assert.Equal(sorted, first.Concat(second).Select(Text));
    }

    [SkippableFact]
    public async Task Changes_come_in_their_order_each_document_once()
    {
        await using IClusterStore store = await StoreAsync();
        IDocumentStore documents = store.Documents;
        await documents.PutAsync("k", "a", 0, Body("1"), Never);
        await documents.PutAsync("k", "b", 0, Body("1"), Never);
        await documents.PutAsync("k", "a", 1, Body("2"), Never);
        IReadOnlyList<Document> changes = await documents.ReadChangesAsync([], 0, 10, Never);
        Assert.Equal(["b", "a"], changes.Select(document => document.Id));
        long seen = changes[^1].Revision;
        Assert.Empty(await documents.ReadChangesAsync([], seen, 10, Never));
        await documents.DeleteAsync("k", "b", 1, Never);
        await documents.PutAsync("k", "c", 0, Body("1"), Never);
        changes = await documents.ReadChangesAsync([], seen, 10, Never);
        Assert.Equal([("b", true, 0), ("c", false, 1)], changes.Select(document => (document.Id, document.IsDeleted, document.Body.Length)));
        Assert.Single(await documents.ReadChangesAsync([], seen, 1, Never));
    }

    [SkippableFact]
    public async Task A_document_that_still_has_the_version_that_was_seen_is_not_read_again()
    {
        await using IClusterStore store = await StoreAsync();
        IDocumentStore documents = store.Documents;
        Assert.Null(await documents.GetUnlessAsync("k", "a", 0, Never));
        await documents.PutAsync("k", "a", 0, Body("one"), Never);
        Assert.Equal("one", Text(await documents.GetUnlessAsync("k", "a", 0, Never)));
        Assert.Null(await documents.GetUnlessAsync("k", "a", 1, Never));
        await documents.PutAsync("k", "a", 1, Body("two"), Never);
        Assert.Equal("two", Text(await documents.GetUnlessAsync("k", "a", 1, Never)));

        // A store that has been restored to an earlier state has less than was seen.
        Assert.Equal("two", Text(await documents.GetUnlessAsync("k", "a", 7, Never)));
        await documents.DeleteAsync("k", "a", 2, Never);
        Assert.Null(await documents.GetUnlessAsync("k", "a", 1, Never));
    }

    [SkippableFact]
    public async Task Of_other_kinds_no_change_is_read()
    {
        await using IClusterStore store = await StoreAsync();
        IDocumentStore documents = store.Documents;
        foreach (string kind in (string[])["k", "l", "m", "k'\""])
        {
            await documents.PutAsync(kind, "a", 0, Body(kind), Never);
        }

        await documents.PutAsync("l", "a", 1, Body("l"), Never);
        Assert.Equal(["k", "m", "k'\"", "l"], (await documents.ReadChangesAsync([], 0, 10, Never)).Select(change => change.Kind));
        Assert.Equal(["m", "k'\""], (await documents.ReadChangesAsync(["k'\"", "m"], 0, 10, Never)).Select(change => change.Kind));
        Assert.Equal(["m"], (await documents.ReadChangesAsync(["k'\"", "m"], 0, 1, Never)).Select(change => change.Kind));
        Assert.Empty(await documents.ReadChangesAsync(["none"], 0, 10, Never));
    }

    [SkippableFact]
    public async Task A_document_of_another_store_is_taken_over_with_its_version_where_there_never_was_one()
    {
        await using IClusterStore store = await StoreAsync();
        IDocumentStore documents = store.Documents;
        await documents.PutAsync("k", "here", 0, Body("mine"), Never);
        await documents.PutAsync("k", "gone", 0, Body("mine"), Never);
        await documents.DeleteAsync("k", "gone", 1, Never);
        long seen = (await documents.ReadChangesAsync([], 0, 10, Never))[^1].Revision;
        Assert.True(await documents.AdoptAsync(new Document("k", "new", 7, 1, false, Body("theirs")), Never));
        Assert.True(await documents.AdoptAsync(new Document("k", "over", 3, 2, true, default), Never));
        Assert.False(await documents.AdoptAsync(new Document("k", "new", 8, 3, false, Body("again")), Never));
        Assert.False(await documents.AdoptAsync(new Document("k", "here", 9, 4, false, Body("theirs")), Never));
        Assert.False(await documents.AdoptAsync(new Document("k", "gone", 9, 5, false, Body("theirs")), Never));
        IReadOnlyList<Document> changes = await documents.ReadChangesAsync([], seen, 10, Never);
        Assert.Equal([("new", 7, false, "theirs"), ("over", 3, true, "")], changes.Select(change => (change.Id, change.Version, change.IsDeleted, Text(change))));
        Assert.Equal("mine", Text(await documents.GetAsync("k", "here", Never)));
        Assert.Equal(Written(8), await documents.PutAsync("k", "new", 7, Body("next"), Never));
        Assert.Equal(Written(4), await documents.PutAsync("k", "over", 0, Body("anew"), Never));
    }

    [SkippableFact]
    public async Task Names_and_bodies_have_limits()
    {
        await using IClusterStore store = await StoreAsync();
        string longest = new('n', IDocumentStore.NameLengthMax);
        Assert.Equal(Written(1), await store.Documents.PutAsync("k", longest, 0, new byte[IDocumentStore.BodyBytesMax], Never));
        Assert.Equal(IDocumentStore.BodyBytesMax, (await store.Documents.GetAsync("k", longest, Never))!.Body.Length);
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.Documents.PutAsync("k", longest + "n", 0, Body(""), Never));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.Documents.PutAsync("k", "b", 0, new byte[IDocumentStore.BodyBytesMax + 1], Never));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.Documents.PutAsync("", "b", 0, Body(""), Never));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.Documents.PutAsync("k", "a\0b", 0, Body(""), Never));
    }

    [SkippableFact]
    public async Task Of_many_who_write_at_once_one_is_heard()
    {
        await using IClusterStore store = await StoreAsync();
        DocumentWrite[] writes = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(
            async () => await store.Documents.PutAsync("k", "a", 0, Body(i.ToString(System.Globalization.CultureInfo.InvariantCulture)), Never))));
        Assert.Single(writes, Written(1));
        Assert.Equal(5, writes.Count(write => write == Conflict(1)));
    }
}
