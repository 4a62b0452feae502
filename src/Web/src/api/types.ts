/** Labels of one series, `__name__` among them. */
export type Labels = Record<string, string>;

/** Seconds since the epoch, and the value as text: NaN and infinities have no number in JSON. */
export type Point = [number, string];

/** A native histogram at one time; each bucket is [boundaries, lower, upper, count]. */
export type HistogramPoint = [number, { count: string; sum: string; buckets?: [number, string, string, string][] }];

export interface VectorSample { metric: Labels; value?: Point; histogram?: HistogramPoint }
export interface MatrixSeries { metric: Labels; values?: Point[]; histograms?: HistogramPoint[] }
export interface QueryStats { timings?: { evalTotalTime: number }; samples?: { totalQueryableSamples: number; peakSamples: number } }

export type QueryData = { stats?: QueryStats } & (
  | { resultType: 'vector'; result: VectorSample[] }
  | { resultType: 'matrix'; result: MatrixSeries[] }
  | { resultType: 'scalar'; result: Point }
  | { resultType: 'string'; result: [number, string] }
);

/** A rule's alert that is pending or fires. */
export interface Alert { labels: Labels; annotations: Labels; state: string; activeAt: string; value: string }

export interface MetricMetadata { type: string; help: string; unit: string }

export interface ActiveTarget {
  discoveredLabels: Labels;
  labels: Labels;
  scrapePool: string;
  scrapeUrl: string;
  globalUrl: string;
  lastError: string;
  lastScrape: string;
  lastScrapeDuration: number;
  health: 'up' | 'down' | 'unknown';
  scrapeInterval: string;
  scrapeTimeout: string;
}

export interface DroppedTarget { discoveredLabels: Labels; scrapePool: string }

export interface TargetsData {
  activeTargets: ActiveTarget[];
  droppedTargets: DroppedTarget[];
  droppedTargetCounts: Record<string, number>;
}

/** A relabelling rule as prometheus.yml names its parts, and what it made of labels. */
export interface RelabelStep { rule: Record<string, string | number | string[]>; output: Labels; keep: boolean }

export interface NamedCount { name: string; value: number }

export interface StorageData {
  headStats: { numSeries: number; numLabelPairs: number; chunkCount: number; minTime: number; maxTime: number };
  seriesCountByMetricName: NamedCount[];
  labelValueCountByLabelName: NamedCount[];
  memoryInBytesByLabelName: NamedCount[];
  seriesCountByLabelValuePair: NamedCount[];
}

/** What series cost that have a name in common; ended ones have had no sample for five minutes. */
export interface LabelCost { name: string; values?: number; series: number; endedSeries: number; bytes: number }
export interface CardinalityData { series: number; endedSeries: number; bytes: number; labels: LabelCost[]; metrics: LabelCost[]; focus?: { label: string; values: LabelCost[] } }

/** A node of parse_query's tree; what else it has depends on its type. */
export interface SyntaxNode { type: string; [key: string]: unknown }
