import { boardTexts, type BoardKey } from './board';
import type { Values } from './fill';
import { usePairs } from './pairs';

/** Says a text of the dashboards. */
export type SayBoard = (key: BoardKey, values?: Values) => string;
export const useBoard = (): SayBoard => usePairs<BoardKey>(boardTexts);
