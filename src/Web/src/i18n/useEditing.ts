import { editingTexts, type EditingKey } from './boardEditing';
import type { Values } from './fill';
import { usePairs } from './pairs';

/** Says a text of the editing of dashboards. */
export type SayEditing = (key: EditingKey, values?: Values) => string;
export const useEditing = (): SayEditing => usePairs<EditingKey>(editingTexts);
