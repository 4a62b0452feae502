import { useState } from 'react';
import { ActionIcon, TextInput, Tooltip } from '@mantine/core';
import { formatQuery } from '../../api/queries';
import { useText } from '../../i18n/text';
import { formatValue } from '../../model/units';
import { ErrorNote } from '../../parts/ErrorNote';
import { Notes } from '../../parts/Notes';
import { IconCopy, IconEye, IconEyeOff, IconTrash, IconWand } from '../../parts/icons';
import { PromqlEditor } from '../../promql/PromqlEditor';
import type { ExploreQuery } from '../../state/exploreState';
import type { Result } from './useResults';

interface QueryRowProps {
  index: number;
  query: ExploreQuery;
  draft: string;
  result: Result;
  isOnly: boolean;
  onDraft: (text: string) => void;
  onRun: () => void;
  onFocus: () => void;
  onChange: (query: ExploreQuery) => void;
  onRemove: () => void;
  onDuplicate: () => void;
}

/** `A`, `B`, … */
export const letterOf = (index: number): string => String.fromCharCode(65 + index);

/** One query: its editor, its tools, what it cost, and what is wrong with it. */
export function QueryRow({ index, query, draft, result, isOnly, onDraft, onRun, onFocus, onChange, onRemove, onDuplicate }: QueryRowProps) {
  const { t } = useText();
  const [formatError, setFormatError] = useState<unknown>(null);
  const letter = letterOf(index);
  const format = (): void => {
    if (draft.trim() === '') return;
    formatQuery(draft).then((answer) => { setFormatError(null); onDraft(answer.data); }, setFormatError);
  };
  const current = draft.trim() === query.expr;
  const error = formatError ?? (current ? result.error : null);
  return (
    <div onFocusCapture={onFocus} style={{ display: 'flex', flexDirection: 'column', gap: 6 }}>
      <div style={{ display: 'flex', gap: 8, alignItems: 'flex-start' }}>
        <div aria-hidden="true" style={{ flex: 'none', width: 26, height: 34, display: 'grid', placeItems: 'center', fontWeight: 600, fontSize: '0.8rem', color: query.hidden ? 'var(--ink-dim)' : 'var(--accent)', background: 'var(--panel-sunk)', borderRadius: 7 }}>{letter}</div>
        <PromqlEditor value={draft} onChange={(text) => { setFormatError(null); onDraft(text); }} onRun={onRun} onFormat={format} error={error instanceof Error ? error.message : null} label={t('explore.query', { letter })} placeholder={t('explore.placeholder')} />
        <TextInput visibleFrom="md" size="xs" w={150} styles={{ input: { height: 34 } }} defaultValue={query.legend} key={query.legend} placeholder={t('explore.legend.placeholder')} aria-label={t('explore.legend')} onBlur={(event) => { if (event.currentTarget.value !== query.legend) onChange({ ...query, legend: event.currentTarget.value }); }} onKeyDown={(event) => { if (event.key === 'Enter') event.currentTarget.blur(); }} />
        <ActionIcon.Group>
          <Tooltip label={t('explore.format')}><ActionIcon variant="default" size={34} onClick={format} aria-label={t('explore.format')}><IconWand size={16} /></ActionIcon></Tooltip>
          <Tooltip label={t(query.hidden ? 'explore.show' : 'explore.hide', { letter })}><ActionIcon visibleFrom="sm" variant="default" size={34} onClick={() => onChange({ ...query, hidden: !query.hidden })} aria-label={t(query.hidden ? 'explore.show' : 'explore.hide', { letter })} aria-pressed={query.hidden}>{query.hidden ? <IconEyeOff size={16} /> : <IconEye size={16} />}</ActionIcon></Tooltip>
          <Tooltip label={t('explore.duplicate', { letter })}><ActionIcon visibleFrom="sm" variant="default" size={34} onClick={onDuplicate} aria-label={t('explore.duplicate', { letter })}><IconCopy size={16} /></ActionIcon></Tooltip>
          {!isOnly && <Tooltip label={t('explore.remove', { letter })}><ActionIcon variant="default" size={34} onClick={onRemove} aria-label={t('explore.remove', { letter })}><IconTrash size={16} /></ActionIcon></Tooltip>}
        </ActionIcon.Group>
      </div>
      <div style={{ paddingLeft: 34, display: 'flex', flexDirection: 'column', gap: 6, fontSize: '0.76rem' }}>
        {error ? <ErrorNote error={error} /> : <Cost result={result} />}
        {result.answer && !query.hidden && <Notes warnings={result.answer.warnings} infos={result.answer.infos} />}
      </div>
    </div>
  );
}

function Cost({ result }: { result: Result }) {
  const { t } = useText();
  if (!result.answer) return null;
  const { data, tookMs, bytes } = result.answer;
  const series = data.resultType === 'scalar' || data.resultType === 'string' ? 1 : data.result.length;
  const { timings, samples } = data.stats ?? {};
  const detail = samples && timings ? t('explore.samples', { samples: samples.totalQueryableSamples, peak: samples.peakSamples, ms: formatValue(timings.evalTotalTime * 1000, 'none') }) : '';
  return <div className="dim tabular"><Tooltip label={detail} disabled={detail === ''}><span>{t('explore.cost', { series, ms: Math.round(tookMs), bytes: formatValue(bytes, 'bytes') })}</span></Tooltip></div>;
}
