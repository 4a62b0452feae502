namespace Pleiad.Persistence.Tests;

public sealed class MemoryOwnershipTests(MemoryStores stores) : OwnershipKit(stores), IClassFixture<MemoryStores>;

public sealed class SqliteOwnershipTests(SqliteStores stores) : OwnershipKit(stores), IClassFixture<SqliteStores>;

[Collection(PostgresCollection.Name)]
public sealed class PostgresOwnershipTests(PostgresStores stores) : OwnershipKit(stores);

public sealed class MemoryJournalTests(MemoryStores stores) : JournalKit(stores), IClassFixture<MemoryStores>;

public sealed class SqliteJournalTests(SqliteStores stores) : JournalKit(stores), IClassFixture<SqliteStores>;

public sealed class MemoryManifestTests(MemoryStores stores) : ManifestKit(stores), IClassFixture<MemoryStores>;

public sealed class SqliteManifestTests(SqliteStores stores) : ManifestKit(stores), IClassFixture<SqliteStores>;

[Collection(PostgresCollection.Name)]
public sealed class PostgresManifestTests(PostgresStores stores) : ManifestKit(stores);

public sealed class MemoryMembershipTests(MemoryStores stores) : MembershipKit(stores), IClassFixture<MemoryStores>;

public sealed class SqliteMembershipTests(SqliteStores stores) : MembershipKit(stores), IClassFixture<SqliteStores>;

[Collection(PostgresCollection.Name)]
public sealed class PostgresMembershipTests(PostgresStores stores) : MembershipKit(stores);

public sealed class MemoryDocumentTests(MemoryStores stores) : DocumentKit(stores), IClassFixture<MemoryStores>;

public sealed class SqliteDocumentTests(SqliteStores stores) : DocumentKit(stores), IClassFixture<SqliteStores>;

[Collection(PostgresCollection.Name)]
public sealed class PostgresDocumentTests(PostgresStores stores) : DocumentKit(stores);
