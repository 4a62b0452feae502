using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>Copies all files of a shard from another node beside those that are here.</summary>
/// <param name="shard">Which.</param>
/// <param name="throughSeq">The copy must reach through this record: the journal goes on behind it.</param>
/// <param name="takesLacking">
/// Whether files of a copy that lacks samples will do where nobody has better ones. Not in the place of files that are here: those may have what the others lack.
/// </param>
/// <param name="into">Takes them.</param>
/// <exception cref="NobodyWholeException">All who shall have it live, have saved that much, and lack samples.</exception>
/// <exception cref="IOException">Nobody has it, or a file went away or did not come whole. To be tried again.</exception>
internal delegate Task CopyShard(int shard, long throughSeq, bool takesLacking, ShardFiles into);
