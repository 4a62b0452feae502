using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>What one rule made of labels.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Labels">After it; empty where it dropped them.</param>
/// <param name="Kept">False where it dropped them.</param>
public readonly record struct RelabelStep(RelabelRule Rule, Labels Labels, bool Kept);
